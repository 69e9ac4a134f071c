import type { Clock } from '../../shared/clock.ts'
import { failure } from '../../shared/failure.ts'
import type { Connection, ConnectionStatus } from '../../shared/model/connection.ts'
import { LOCAL_ACCOUNT, LOCAL_CONNECTION_ID } from '../../shared/model/connection.ts'
import { failed, success } from '../../shared/result.ts'
import type { LiveSink } from '../client/gap-repair.ts'
import type { LiveSocketStatus } from '../client/live-socket.ts'
import { DEFAULT_VERSION } from '../client/server.ts'
import type { Server } from '../client/server.ts'
import type { Log } from '../log.ts'
import type { ConnectionSource } from './connections.ts'
import { START_LIMIT_MS } from './local-platform.ts'
import type { LocalPlatform, LocalPlatformStatus } from './local-platform.ts'
import { openPlatform } from './open-platform.ts'
import type { OpenPlatform } from './open-platform.ts'

export interface LocalConnectionParts {
  readonly platform: LocalPlatform
  readonly sink: LiveSink
  readonly clock: Clock
  readonly log: Log
  readonly onChanged: (connection: Connection) => void
}

/**
 * The connection to the local platform: its client is made when the platform is there for the first time, and told the new
 * address each time that it was started again.
 */
export function createLocalConnection(parts: LocalConnectionParts): ConnectionSource {
  const { platform, sink, clock, log, onChanged } = parts
  let opened: OpenPlatform | undefined
  let liveStatus: LiveSocketStatus = { kind: 'idle' }
  let latencyMs: number | undefined
  let shown = ''

  const current = (): Connection => ({
    id: LOCAL_CONNECTION_ID,
    name: 'Local platform',
    account: LOCAL_ACCOUNT,
    host: platform.status.kind === 'ready' ? platform.status.host : '',
    isLocal: true,
    status: statusOf(platform.status, liveStatus, latencyMs),
    colour: 0,
    environment: '',
    isReadOnly: false,
    // Made for each run, and gone with it.
    tokenKeeping: 'this-run'
  })

  const tell = (): void => {
    const connection = current()
    const next = JSON.stringify(connection)
    if (next === shown) return
    shown = next
    onChanged(connection)
  }

  const open = (server: Server): OpenPlatform =>
    openPlatform({
      connectionId: LOCAL_CONNECTION_ID,
      client: { server, credentials: { account: LOCAL_ACCOUNT, apiToken: platform.apiToken } },
      sink,
      clock,
      log,
      isReadOnly: () => false,
      onStatus: (status) => {
        liveStatus = status
        tell()
      },
      onLatency: (measuredMs) => {
        latencyMs = measuredMs
        tell()
      }
    })

  const follow = (status: LocalPlatformStatus): void => {
    if (status.kind === 'ready') {
      const server = serverAt(status.host)
      if (opened === undefined) {
        opened = open(server)
        opened.socket.start()
      } else {
        opened.api.setServer(server)
        opened.socket.reconnect('The local platform was started again.')
      }
    }
    tell()
  }
  platform.onStatus(follow)
  follow(platform.status)

  return {
    current,
    open: async () => {
      const isReady = await platform.whenReady(START_LIMIT_MS)
      if (isReady && opened !== undefined) return success(opened)
      const { status } = platform
      return failed(
        failure('local-platform/failed', 'reason' in status ? { details: { reason: status.reason } } : {})
      )
    },
    opened: () => opened,
    close: async () => {
      await opened?.close()
    }
  }
}

const serverAt = (host: string): Server => ({
  host,
  liveHost: host,
  isSecure: false,
  version: DEFAULT_VERSION
})

function statusOf(
  platform: LocalPlatformStatus,
  live: LiveSocketStatus,
  latencyMs: number | undefined
): ConnectionStatus {
  switch (platform.kind) {
    case 'starting':
      return { kind: 'starting' }
    case 'restarting':
      return { kind: 'reconnecting', attempt: platform.attempt, reason: platform.reason }
    case 'stopped':
      return { kind: 'failed', reason: platform.reason }
    case 'ready':
      return live.kind === 'waiting'
        ? { kind: 'reconnecting', attempt: live.attempt, reason: live.reason }
        : { kind: 'connected', ...(latencyMs === undefined ? {} : { latencyMs }) }
  }
}
