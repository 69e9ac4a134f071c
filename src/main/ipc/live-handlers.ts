import type { PortHandover } from '../../shared/ipc/channels.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { LiveSink } from '../client/gap-repair.ts'
import type { Connections } from '../connections/connections.ts'
import { openDropPort } from '../live/drop-port.ts'
import type { DropPort } from '../live/drop-port.ts'
import type { PathFollower } from '../live/path-follower.ts'
import type { PortEnd } from '../live/port-end.ts'
import { serveRead } from '../live/read-port.ts'
import type { HandlersOf } from './answer-request.ts'

/**
 * The one live port of the window, and where live drops go while there is none: nowhere, because nothing is followed then.
 */
export interface LivePortHolder {
  readonly sink: LiveSink
  open(port: PortEnd): void
  close(): void
}

export function createLivePortHolder(now: () => number = Date.now): LivePortHolder {
  let current: DropPort | undefined
  let lastSubscriptionId = 0
  return {
    sink: {
      drop: (subscriptionId, receivedAtMs, text) => {
        current?.sink.drop(subscriptionId, receivedAtMs, text)
      },
      marker: (marker) => {
        current?.sink.marker(marker)
      },
      whenRoom: () => current?.sink.whenRoom() ?? Promise.resolve(),
      newSubscriptionId: () => ++lastSubscriptionId
    },
    open: (port) => {
      current?.close()
      const opened = openDropPort(port, { now }, () => {
        if (current === opened) current = undefined
      })
      current = opened
    },
    close: () => {
      current?.close()
      current = undefined
    }
  }
}

export interface LiveHandlerParts {
  readonly connections: Connections
  readonly livePort: LivePortHolder
  readonly pathFollower: PathFollower
  /** Makes a channel and hands one end to the window; undefined when there is no window. */
  readonly openPort: (handover: PortHandover) => PortEnd | undefined
}

const NO_WINDOW = failure('network/closed', { message: 'The window is closing.', hint: null })

export const liveHandlers = ({
  connections,
  livePort,
  pathFollower,
  openPort
}: LiveHandlerParts): HandlersOf<
  'openRead' | 'openLive' | 'subscribe' | 'unsubscribe' | 'followBelow' | 'unfollowBelow'
> => ({
  openRead: ({ readId, connectionId, target, parameters }) => {
    const port = openPort({ kind: 'flowscope/port', use: 'read', readId })
    if (port === undefined) return failed(NO_WINDOW)
    serveRead(port, (signal) =>
      connections.use(connectionId, ({ api, subscriptions }) => {
        switch (target.kind) {
          case 'flows':
            // The tree may find a flow at another path; main does not read that answer.
            void subscriptions.readPaths()
            return api.flow.findStream({ ...parameters, signal })
          case 'drops':
            return api.drop(target.flowId).findStream({ ...parameters, signal })
          case 'dropIds':
            return api.drop(target.flowId).readManyStream(target.dropIds, { ...parameters, signal })
          case 'flowDrops': {
            // What is asked of each flow stands in the body; how the answer is written is asked of the whole.
            const { refs, hints, ...params } = parameters
            const asked = {
              ...(refs === undefined ? {} : { refs }),
              ...(hints === undefined ? {} : { hints })
            }
            const finds = target.flowIds.map((flowId) => ({ flowId, params }))
            return api.drop.multiFindStream(finds, { ...asked, signal })
          }
        }
      })
    )
    return success(null)
  },
  openLive: () => {
    const port = openPort({ kind: 'flowscope/port', use: 'live' })
    if (port === undefined) return failed(NO_WINDOW)
    livePort.open(port)
    connections.forEachOpen(({ subscriptions }) => {
      subscriptions.announce()
    })
    return success(null)
  },
  subscribe: ({ connectionId, flow }) =>
    connections.use(connectionId, ({ subscriptions }) => subscriptions.subscribe(flow)),
  unsubscribe: ({ connectionId, flowId }) =>
    connections.use(connectionId, ({ subscriptions }) => subscriptions.unsubscribe(flowId)),
  followBelow: ({ connectionId, path }) => pathFollower.follow(connectionId, path),
  unfollowBelow: ({ connectionId, path }) => pathFollower.unfollow(connectionId, path)
})
