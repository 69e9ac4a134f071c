import type { CommandType } from '../../shared/wire/frames.ts'
import type { Answer } from '../answer.ts'
import { badRequest, done, refused } from '../answer.ts'
import type { Members } from '../engine/body.ts'
import { isMembers } from '../engine/body.ts'
import { flowFor } from '../engine/flow-lookup.ts'
import type { Call, Parts } from '../engine/parts.ts'
import type { Service } from '../engine/service.ts'

/** The services that commands name in `object`. */
export type Services = ReadonlyMap<string, Service>

/** What a command needs of its session. */
export interface CommandSession {
  readonly call: Omit<Call, 'parameters'>
  readonly subscribe: (flowId: string) => Answer
  readonly unsubscribe: (flowId: string) => void
}

const TYPES: ReadonlySet<string> = new Set<CommandType>([
  'create',
  'find',
  'findmany',
  'update',
  'delete',
  'subscribe',
  'unsubscribe',
  'heartbeat'
])

/** Whether a parsed frame is a heartbeat, which gets no reply. */
export const isHeartbeat = (frame: unknown): boolean => isMembers(frame) && frame['type'] === 'heartbeat'

/** Runs one command (platform protocol, "Commands"). Whatever cannot be understood answers 400. */
export async function runCommand(
  parts: Parts,
  services: Services,
  session: CommandSession,
  frame: unknown
): Promise<Answer> {
  if (!isMembers(frame)) return badRequest('a command must be a JSON object')
  const { type, object, value } = frame
  if (typeof type !== 'string' || !TYPES.has(type))
    return badRequest('type must name a command, such as subscribe')
  const service = typeof object === 'string' ? services.get(object) : undefined
  if (service === undefined) return badRequest('object must name a service, such as drop')
  const options = isMembers(frame['options']) ? frame['options'] : {}
  const address = readAddress(frame, options, object === 'drop')
  const call: Call = {
    ...session.call,
    parameters: options,
    ...(address.flowKey === undefined ? {} : { flowKey: address.flowKey })
  }
  const { id } = address
  switch (type as CommandType) {
    case 'create':
      return await (service.create?.(call, value) ?? unsupported)
    case 'find':
      return id === undefined ? idNeeded : await (service.read?.(call, id) ?? unsupported)
    case 'findmany':
      return await (service.find?.(call) ?? unsupported)
    case 'update':
      return id === undefined ? idNeeded : await (service.update?.(call, id, value) ?? unsupported)
    case 'delete':
      if (id !== undefined) return await (service.remove?.(call, id) ?? unsupported)
      return object === 'drop' && call.flowKey !== undefined
        ? await (service.removeAll?.(call) ?? unsupported)
        : idNeeded
    case 'subscribe':
      return changeSubscription(parts, session, call, object, id, (flowId) => session.subscribe(flowId))
    case 'unsubscribe':
      return changeSubscription(parts, session, call, object, id, (flowId) => {
        session.unsubscribe(flowId)
        return done
      })
    case 'heartbeat':
      return done
  }
}

const unsupported = Promise.resolve(refused(405, 'this service does not support the command'))
const idNeeded: Answer = badRequest('the command needs the id of an object')

interface Address {
  readonly flowKey: string | undefined
  readonly id: string | undefined
}

/**
 * Where a command goes: drops are named by `flowId` or `path` and `id`, or by an `id` of two parts, as Node
 * sends it.
 */
function readAddress(frame: Members, options: Members, isDrop: boolean): Address {
  const { id } = frame
  const pair: readonly unknown[] = isDrop && Array.isArray(id) ? id : [undefined, id]
  const flow = frame['flowId'] ?? frame['path'] ?? pair[0] ?? options['path']
  return { flowKey: asText(flow), id: asText(pair[1]) }
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

function changeSubscription(
  parts: Parts,
  session: CommandSession,
  call: Call,
  object: unknown,
  flowId: string | undefined,
  change: (flowId: string) => Answer
): Answer {
  if (object !== 'drop' && object !== 'flow')
    return badRequest('only the drops of a flow can be subscribed to')
  const key = call.flowKey ?? flowId
  if (key === undefined) return badRequest('a flow is needed: its flowId or its path')
  const flow = flowFor(parts, session.call.caller, key, 'dropRead')
  return flow.kind === 'stop' ? flow.answer : change(flow.value.flow.id)
}
