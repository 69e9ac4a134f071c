import type { Flow } from '../../shared/model/flow.ts'
import { DEFAULT_CAPACITY_DROPS } from '../../shared/model/flow.ts'
import { checkFlowPath, describeFlowPathProblem } from '../../shared/model/flow-path.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { go } from '../answer.ts'
import type { Members } from './body.ts'
import { lookUpFlow } from './flow-lookup.ts'
import { storedFlow } from './flows.ts'
import { masterOnly } from './kept-objects.ts'
import { MemberReader } from './member-values.ts'
import type { Parts } from './parts.ts'
import { createPlacedService, type PlacedObject } from './placed-objects.ts'
import type { Service } from './service.ts'
import { mayUse } from './tasks.ts'
import { mintTokenString } from './tokens.ts'

/** What the device itself tells, with its own token. */
const TOLD_BY_DEVICE: ReadonlySet<string> = new Set(['status', 'lastSeen', 'deviceSummary'])
const DEVICE_MEMBERS: ReadonlySet<string> = new Set([
  ...TOLD_BY_DEVICE,
  ...['path', 'displayName', 'reportPeriodicity', 'tracks']
])

/** The flows of a device, below its path. */
const FLOW_NAMES = ['default', 'commands', 'reports'] as const
const LONGEST_NAME = '/commands'

/** The status of a device that has told nothing yet. */
const UNSEEN = 'UNSEEN'
const DEFAULT_REPORT_MS = 60_000

/**
 * The device service (platform protocol, "Devices"): a record of a physical thing, with a token and flows that are made
 * with it. They need the master token, as every token does; the token goes with the device, the flows stay.
 */
export function createDeviceService(parts: Parts): Service {
  return createPlacedService(parts, {
    kind: 'device',
    noun: 'device',
    changeable: DEVICE_MEMBERS,
    pathOf: ({ path }) => String(path),
    mayChange: ({ caller }, device, change) =>
      caller.tokenId !== undefined &&
      caller.tokenId === device['tokenId'] &&
      Object.keys(change).every((name) => TOLD_BY_DEVICE.has(name)),
    present: (_call, device) => {
      const { lastSeen } = device
      const timeSinceLastSeen = typeof lastSeen === 'number' ? parts.clock.now() - lastSeen : -1
      return { ...device, timeSinceLastSeen }
    },

    read: (call, given, before) => {
      // A fresh device has told nothing, whatever is said of it.
      const told: Members = before === undefined ? { ...given, status: null, lastSeen: null } : given
      const reader = new MemberReader(told, before)
      const path = reader.requiredPath('path')
      const problem = path === before?.['path'] ? undefined : checkFlowPath(path + LONGEST_NAME)
      if (problem !== undefined) reader.refuse(`path: ${describeFlowPathProblem(path, problem)}`)
      const lastSeen = reader.wholeNumber('lastSeen', { from: 0 }, -1)
      const members = reader.finish({
        path,
        displayName: reader.text('displayName'),
        tokenId: before?.['tokenId'],
        status: reader.text('status') ?? UNSEEN,
        lastSeen: lastSeen === -1 ? undefined : lastSeen,
        reportPeriodicity: reader.wholeNumber('reportPeriodicity', { from: 1 }, DEFAULT_REPORT_MS),
        deviceSummary: reader.map('deviceSummary'),
        tracks: reader.map('tracks')
      })
      if (members.kind === 'stop' || path === before?.['path']) return members
      return mayUse(parts, call, path, ['read', 'write', 'dropRead', 'dropWrite'], members)
    },

    complete: (call, device) => {
      const master = masterOnly(call)
      if (master.kind === 'stop') return master
      const { identityId, account } = call.caller
      const { creationDate } = device
      const path = String(device['path'])
      for (const name of FLOW_NAMES) {
        if (lookUpFlow(parts, `${path}/${name}`) !== undefined) continue
        const flow: Flow = {
          id: parts.ids.mint('flow', creationDate),
          path: `${path}/${name}`,
          capacity: DEFAULT_CAPACITY_DROPS,
          creationDate,
          creatorId: identityId
        }
        parts.store.putObject(storedFlow(flow))
      }
      const id = parts.ids.mint('token', creationDate)
      const token = {
        id,
        tokenString: mintTokenString(),
        paths: { [path]: { dropRead: true, dropWrite: true } },
        description: `the device at ${path}`,
        issuedBy: identityId,
        creationDate,
        creatorId: identityId
      }
      parts.store.putObject({ id, kind: 'token', account, creationDate, text: writeJson(token) })
      return go<PlacedObject>({ ...device, tokenId: id })
    },

    dismantle: (call, device) => {
      const master = masterOnly(call)
      if (master.kind === 'stop') return master.answer
      parts.store.deleteObject(String(device['tokenId']))
      return undefined
    },

    onChange: () => {
      parts.authority.refresh()
    }
  })
}
