import { activityKey } from './flow-activity.ts'
import type { ActivityByFlow, FlowActivity } from './flow-activity.ts'

/** A flow that is followed is at another path. */
export interface FlowMove {
  readonly connectionId: string
  readonly flowId: string
  readonly from: string
  readonly to: string
}

interface FollowedPath {
  readonly connectionId: string
  readonly path: string
  readonly flowId?: string
}

/** Which flows are at another path than a chip says, or than was told before. */
export function movesIn(
  flows: readonly FlowActivity[],
  before: ActivityByFlow,
  followed: readonly FollowedPath[]
): readonly FlowMove[] {
  return flows.flatMap(({ connectionId, flowId, path }) => {
    const chip = followed.find((flow) => flow.flowId === flowId && flow.connectionId === connectionId)
    const from = chip?.path ?? before.get(activityKey(connectionId, flowId))?.path ?? path
    return from === path ? [] : [{ connectionId, flowId, from, to: path }]
  })
}

/** What is followed, with the paths of now. What was refused at a path gives way to the flow that came there. */
export const movedFollowed = <F extends FollowedPath & { readonly failure?: unknown }>(
  followed: readonly F[],
  moves: readonly FlowMove[]
): readonly F[] =>
  followed
    .filter(
      ({ connectionId, path, failure }) =>
        failure === undefined || !moves.some((move) => move.to === path && move.connectionId === connectionId)
    )
    .map((flow) => {
      const move = moves.find(
        ({ connectionId, flowId }) => flowId === flow.flowId && connectionId === flow.connectionId
      )
      return move === undefined ? flow : { ...flow, path: move.to }
    })

/** Those of what is followed that are a flow which is there already. */
export const secondChips = <F extends FollowedPath>(followed: readonly F[]): readonly F[] =>
  followed.filter(
    ({ connectionId, flowId }, index) =>
      flowId !== undefined &&
      followed.findIndex((flow) => flow.flowId === flowId && flow.connectionId === connectionId) < index
  )

/** Keys of flows by connection and path, as mute and solo have them, with the paths of now. */
export const movedKeys = (keys: readonly string[], moves: readonly FlowMove[]): readonly string[] =>
  keys.map((key) => {
    const move = moves.find(({ connectionId, from }) => activityKey(connectionId, from) === key)
    return move === undefined ? key : activityKey(move.connectionId, move.to)
  })
