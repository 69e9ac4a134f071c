import type { ServiceId } from '../../shared/ipc/request-requests.ts'

/** What a path of a request may go on with. */
export interface PathHint {
  /** The whole path with this hint taken. */
  readonly path: string
  /** A word of help beside it. */
  readonly note: string
}

interface Service {
  readonly name: string
  readonly note: string
  /** The service whose ids follow its name; `drop` is followed by the id of a flow. */
  readonly idsOf?: string
}

/** The services of a platform (platform protocol, "Services and verbs"). */
export const SERVICES: readonly Service[] = [
  { name: 'flow', note: 'flows', idsOf: 'flow' },
  { name: 'drop', note: 'drops of a flow: /drop/{flow id}', idsOf: 'flow' },
  { name: 'track', note: 'routes between flows', idsOf: 'track' },
  { name: 'group', note: 'groups of identities', idsOf: 'group' },
  { name: 'identity', note: 'accounts', idsOf: 'identity' },
  { name: 'token', note: 'restricted tokens', idsOf: 'token' },
  { name: 'share', note: 'rights that were granted', idsOf: 'share' },
  { name: 'device', note: 'devices', idsOf: 'device' },
  { name: 'api-task', note: 'reads an address again and again', idsOf: 'api-task' },
  { name: 'rss', note: 'reads a feed again and again', idsOf: 'rss' },
  { name: 'mqtt', note: 'follows an MQTT broker', idsOf: 'mqtt' },
  { name: 'statistics', note: 'counters of reads and writes' }
]

const MAX_HINTS = 40

/** The service whose ids a path asks for where it ends, as `/flow/` does; undefined when it asks for none. */
export function serviceOfIds(path: string): string | undefined {
  const name = /^\/([a-z-]+)\/[^/?]*$/.exec(path)?.[1]
  return SERVICES.find((service) => service.name === name)?.idsOf
}

/** The hints for a path that is being typed: services, or the ids of the service before. */
export function hintsFor(path: string, ids: readonly ServiceId[]): readonly PathHint[] {
  const inIds = /^(\/[a-z-]+\/)([^/?]*)$/.exec(path)
  if (inIds !== null) {
    const [, start = '', typed = ''] = inIds
    const wanted = typed.toLowerCase()
    return ids
      .filter(
        ({ id, label }) => id !== typed && (id.startsWith(wanted) || label.toLowerCase().includes(wanted))
      )
      .slice(0, MAX_HINTS)
      .map(({ id, label }) => ({ path: start + id, note: label }))
  }
  const typed = /^\/?([a-z-]*)$/.exec(path)?.[1]
  if (typed === undefined) return []
  return SERVICES.filter(({ name }) => name.startsWith(typed) && name !== typed).map(({ name, note }) => ({
    path: `/${name}`,
    note
  }))
}
