import type { LiveSink } from '../../src/main/client/gap-repair.ts'
import type { LocalPlatform } from '../../src/main/connections/local-platform.ts'
import { openConnections } from '../../src/main/connections/open-connections.ts'
import type { OpenConnections } from '../../src/main/connections/open-connections.ts'
import { createNotices } from '../../src/main/notices.ts'
import type { Notices } from '../../src/main/notices.ts'
import { openStores } from '../../src/main/settings.ts'
import type { Stores } from '../../src/main/settings.ts'
import type { Keychain } from '../../src/main/tokens/keychain.ts'
import type { LiveMarker } from '../../src/shared/ipc/live-port.ts'
import { EMPTY_PROFILE } from '../../src/shared/model/connection-profile.ts'
import type { ConnectionProfile } from '../../src/shared/model/connection-profile.ts'
import type { Connection } from '../../src/shared/model/connection.ts'
import { failure } from '../../src/shared/failure.ts'
import { failed } from '../../src/shared/result.ts'
import { createKeptLog } from './kept-log.ts'
import type { KeptLog } from './kept-log.ts'

/** Connections as the app has them, on a profile folder of a test, with what they told. */
export interface TestConnections extends OpenConnections {
  readonly stores: Stores
  readonly log: KeptLog
  readonly notices: Notices
  readonly events: { readonly name: string; readonly payload: unknown }[]
  readonly drops: { readonly subscriptionId: number; readonly text: string }[]
  readonly markers: LiveMarker[]
  /** The statuses that a connection had, in order, without latencies. */
  statusesOf(connectionId: string): readonly string[]
}

export function openTestConnections(directory: string, keychain: Keychain): TestConnections {
  const log = createKeptLog()
  const notices = createNotices()
  const events: { name: string; payload: unknown }[] = []
  const drops: TestConnections['drops'] = []
  const markers: LiveMarker[] = []
  let lastSubscriptionId = 0
  const sink: LiveSink = {
    drop: (subscriptionId, _receivedAtMs, text) => {
      drops.push({ subscriptionId, text })
    },
    marker: (marker) => {
      markers.push(marker)
    },
    whenRoom: () => Promise.resolve(),
    newSubscriptionId: () => ++lastSubscriptionId
  }
  const stores = openStores({ directory, log, notices })
  const opened = openConnections({
    localPlatform: STOPPED_PLATFORM,
    store: stores.connections,
    stores,
    keychain,
    sink,
    sendEvent: (name, payload) => {
      events.push({ name, payload })
    },
    notices,
    log
  })
  return {
    ...opened,
    stores,
    log,
    notices,
    events,
    drops,
    markers,
    statusesOf: (connectionId) =>
      events
        .flatMap(({ name, payload }) => (name === 'connectionChanged' ? [payload as Connection] : []))
        .filter(({ id }) => id === connectionId)
        .map(({ status }) => status.kind)
        .filter((kind, index, kinds) => kind !== kinds[index - 1])
  }
}

/** The local platform has tests of its own. */
export const STOPPED_PLATFORM: LocalPlatform = {
  status: { kind: 'stopped', reason: 'This test has none.' },
  apiToken: 'token-of-the-local-platform',
  start: () => {},
  restart: () => {},
  whenReady: () => Promise.resolve(false),
  onStatus: () => {},
  onReplay: () => {},
  readReplay: () => Promise.resolve(failed(failure('local-platform/failed'))),
  changeReplay: () => Promise.resolve(failed(failure('local-platform/failed'))),
  stop: () => Promise.resolve()
}

/** A complete profile of ana's on a platform of this machine. */
export const profileAt = (host: string, over: Partial<ConnectionProfile> = {}): ConnectionProfile => ({
  ...EMPTY_PROFILE,
  name: 'Plant',
  account: 'ana',
  host,
  isSecure: false,
  ...over
})
