import type { Flow } from '../../shared/model/flow.ts'
import { DEFAULT_CAPACITY_DROPS } from '../../shared/model/flow.ts'
import type { Step } from '../answer.ts'
import { go, refused, stop } from '../answer.ts'
import type { Members } from './body.ts'
import { storedFlow } from './flows.ts'
import type { Rights } from './grants.ts'
import { MemberReader } from './member-values.ts'
import type { Call, Parts } from './parts.ts'
import { createPlacedService, type PlacedKind, type PlacedObject } from './placed-objects.ts'
import type { Service } from './service.ts'

/**
 * The word in `status` of every task: it is kept and checked, and nothing runs it here. `lastRun`, `nextRun` and `runCt`
 * stay 0 and its report flow stays empty.
 */
export const NOT_RUN = 'NOT_RUN'

const MAX_DISPLAY_NAME_LENGTH = 2048
const DEFAULT_PERIOD_MS = 3_600_000
const MIN_PERIOD_MS = 60_000
const DEFAULT_MQTT_REPORT_MS = 300_000
const DEFAULT_MQTT_VERSION = '3.1.1'
const MQTT_QUALITIES = { from: 0, to: 2 }

const SHARED_MEMBERS = ['destination', 'displayName', 'description', 'disabled'] as const
const SET_BY_SERVER = ['status', 'reportPath', 'reportFlowId', 'lastRun', 'nextRun', 'runCt'] as const

/** The API task service: what a script or a source would bring in from time to time (platform protocol, "Tasks"). */
export const createApiTaskService = (parts: Parts): Service =>
  createTaskService(parts, {
    kind: 'api-task',
    noun: 'api-task',
    members: ['periodicity', 'js', 'source'],
    read: (reader) => {
      const js = reader.text('js')
      const source = reader.map('source')
      if (js === undefined && source === undefined) reader.refuse('an api-task needs js or a source')
      return { destination: reader.requiredPath('destination'), ...readPeriod(reader), js, source }
    }
  })

/** The RSS task service: a feed that would be looked at from time to time (platform protocol, "Tasks"). */
export const createRssService = (parts: Parts): Service =>
  createTaskService(parts, {
    kind: 'rss',
    noun: 'rss task',
    members: ['periodicity', 'url', 'category', 'favicon', 'icon', 'isFeatured'],
    read: (reader) => ({
      destination: reader.requiredPath('destination'),
      ...readPeriod(reader),
      url: reader.requiredText('url'),
      category: reader.text('category'),
      favicon: reader.text('favicon'),
      icon: reader.text('icon'),
      isFeatured: reader.flag('isFeatured', false)
    })
  })

/**
 * The MQTT service: a connection to a broker, either from it into `destination` or from `source` to it (platform
 * protocol, "MQTT connection"). Its password is answered only to who may change it.
 */
export const createMqttService = (parts: Parts): Service =>
  createTaskService(parts, {
    kind: 'mqtt',
    noun: 'mqtt connection',
    members: [
      ...['uri', 'topic', 'source', 'username', 'password', 'clientId', 'qos', 'version', 'host'],
      ...['inputFormat', 'outputFormat', 'reportFrequency']
    ],
    read: (reader) => {
      const destination = reader.path('destination')
      const source = reader.path('source')
      if ((destination === undefined) === (source === undefined))
        reader.refuse('an mqtt connection needs either a destination or a source')
      return {
        uri: reader.requiredText('uri'),
        topic: reader.requiredText('topic'),
        destination,
        source,
        username: reader.text('username'),
        password: reader.text('password'),
        clientId: reader.text('clientId'),
        qos: reader.wholeNumber('qos', MQTT_QUALITIES, 0),
        version: reader.text('version') ?? DEFAULT_MQTT_VERSION,
        host: reader.text('host'),
        inputFormat: reader.text('inputFormat'),
        outputFormat: reader.text('outputFormat'),
        reportFrequency: reader.wholeNumber('reportFrequency', { from: 1 }, DEFAULT_MQTT_REPORT_MS)
      }
    },
    present: (call, object) => {
      if (parts.authority.rightsOn(call.caller, pathOf(object)).write) return object
      const { password: _password, ...shown } = object
      return shown as PlacedObject
    }
  })

interface TaskKind extends Pick<PlacedKind, 'kind' | 'noun' | 'present'> {
  readonly members: readonly string[]
  readonly read: (reader: MemberReader) => Members
}

function createTaskService(parts: Parts, { members, read, ...task }: TaskKind): Service {
  return createPlacedService(parts, {
    ...task,
    changeable: new Set([...SHARED_MEMBERS, ...members]),
    pathOf,
    read: (call, given, before) => {
      const reader = new MemberReader(given, before)
      const known = before ?? firstMembers(task.kind)
      const checked = reader.finish({
        ...read(reader),
        displayName: reader.text('displayName', MAX_DISPLAY_NAME_LENGTH),
        description: reader.text('description'),
        disabled: reader.flag('disabled', false),
        ...Object.fromEntries(SET_BY_SERVER.map((name) => [name, known[name]]))
      })
      if (checked.kind === 'stop') return checked
      const hasDestination = checked.value['destination'] !== undefined
      return mayUse(
        parts,
        call,
        pathOf(checked.value),
        ['write', hasDestination ? 'dropWrite' : 'dropRead'],
        checked
      )
    },
    complete: (call, object) => {
      const { account, identityId } = call.caller
      const { creationDate } = object
      const path = `/${account}/:reports/${object.id}-report`
      const report: Flow = {
        id: parts.ids.mint('flow', creationDate),
        path,
        capacity: DEFAULT_CAPACITY_DROPS,
        creationDate,
        creatorId: identityId
      }
      parts.store.putObject(storedFlow(report))
      return go({ ...object, reportPath: path, reportFlowId: report.id })
    }
  })
}

/** Goes on with `next` when the caller has all of `rights` on a path. */
export function mayUse<T>(
  parts: Parts,
  call: Call,
  path: string,
  rights: readonly (keyof Rights)[],
  next: Step<T>
): Step<T> {
  const own = parts.authority.rightsOn(call.caller, path)
  const missing = rights.find((right) => !own[right])
  return missing === undefined ? next : stop(refused(403, `the token gives no ${missing} right on ${path}`))
}

const readPeriod = (reader: MemberReader): Members => ({
  periodicity: reader.wholeNumber('periodicity', { from: MIN_PERIOD_MS }, DEFAULT_PERIOD_MS)
})

const pathOf = ({ destination, source }: Members): string => String(destination ?? source)

const firstMembers = (kind: TaskKind['kind']): Members => ({
  status: NOT_RUN,
  ...(kind === 'mqtt' ? {} : { lastRun: 0, nextRun: 0, runCt: 0 })
})
