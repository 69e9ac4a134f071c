import { systemClock, type Clock } from '../shared/clock.ts'
import { failure } from '../shared/failure.ts'
import type { Result } from '../shared/result.ts'
import { failed, success } from '../shared/result.ts'
import type { AccountConfiguration } from './auth.ts'
import { createAuthority } from './auth.ts'
import { createDeviceService } from './engine/devices.ts'
import { createDropService } from './engine/drops.ts'
import { createFilterJudge } from './engine/filter-judge.ts'
import { FlowTurns } from './engine/flow-turns.ts'
import { createFlowService } from './engine/flows.ts'
import { createGroupService } from './engine/groups.ts'
import { createIdentityService, ensureIdentities } from './engine/identities.ts'
import { createIdMint } from './engine/ids.ts'
import type { FhashMode, Parts } from './engine/parts.ts'
import type { Service } from './engine/service.ts'
import { createShareService } from './engine/shares.ts'
import { createStoredFlowReader } from './engine/stored-flow-reader.ts'
import { createApiTaskService, createMqttService, createRssService } from './engine/tasks.ts'
import { createTokenService } from './engine/tokens.ts'
import { createTrackRunner } from './engine/track-runner.ts'
import { createTrackService } from './engine/tracks.ts'
import { Transformer, type ElementForm, type TransformerOptions } from './engine/transform/transformer.ts'
import { entryFile } from './entry-file.ts'
import { createPlatformServer } from './http-server.ts'
import { createHub } from './live/hub.ts'
import { createSessions } from './live/sessions.ts'
import { silentLog, type Log } from './log.ts'
import { dropRoutes } from './routes/drop.ts'
import { flowRoutes } from './routes/flow.ts'
import { serviceRoutes } from './routes/service-routes.ts'
import { statisticsRoutes } from './routes/statistics.ts'
import { trackRoutes } from './routes/track.ts'
import { startReplay, type Replay, type ReplayState } from './sample/replay.ts'
import { loadSample } from './sample/world.ts'
import { openStore, type OpenedStore } from './store/open-store.ts'

/** How the platform is started, from a terminal, a test or the app's utility process. */
export interface PlatformOptions {
  /** The data folder, made when it is missing; `:memory:` keeps nothing. */
  readonly data: string
  /** A store that is open already, in place of the one in `data`; it is closed with the platform. */
  readonly store?: OpenedStore
  /** At least one account with its master token. */
  readonly accounts: readonly AccountConfiguration[]
  /** Loopback unless said otherwise. */
  readonly host?: string
  /** 0, the default, takes any free port. */
  readonly portNumber?: number
  /** What happens to a drop whose fhash is there already; `ignore` unless said otherwise. */
  readonly fhash?: FhashMode
  /** `move-aside` starts with a fresh database when the one in the folder is damaged, and says so in `notices`. */
  readonly onDamaged?: 'fail' | 'move-aside'
  /**
   * Fills accounts without sample flows with real public data, and replays rows of it. Without it there is
   * neither.
   */
  readonly sample?: ReplayState
  /** `host` or `host:port` that the functions of tracks may reach; none unless given. */
  readonly allowedHosts?: readonly string[]
  /** What the functions of tracks see of elements; `typed` unless said otherwise. */
  readonly trackElements?: ElementForm
  readonly log?: Log
  readonly clock?: Clock
  /** Times that tests shorten; milliseconds. */
  readonly times?: {
    readonly headTimeoutMs?: number
    readonly bodyTimeoutMs?: number
    readonly sessionLifeMs?: number
    readonly pingIntervalMs?: number
    readonly graceMs?: number
    readonly idlePollMs?: number
  }
}

/** A platform that listens. */
export interface RunningPlatform {
  /** `http://HOST:PORT`, without a slash at the end. */
  readonly url: string
  readonly wsUrl: string
  readonly accounts: readonly string[]
  /** What a person should be told about the start, one sentence each. */
  readonly notices: readonly string[]
  /** Left out when the platform was started without the sample. */
  readonly replay?: Pick<Replay, 'state' | 'change'>
  /** Ends requests under way, makes everything durable and lets go of port and files. Closing twice is harmless. */
  readonly close: () => Promise<void>
}

export const LOOPBACK = '127.0.0.1'

/**
 * Starts a platform. Answers a failure with one sentence when the data folder cannot be used, the database is
 * damaged, or the port is not free; then nothing is left open.
 */
export async function startPlatform(options: PlatformOptions): Promise<Result<RunningPlatform>> {
  const log = options.log ?? silentLog
  const clock = options.clock ?? systemClock
  const { data, onDamaged = 'fail' } = options
  const opened =
    options.store === undefined ? openStore({ data, onDamaged, clock, log }) : success(options.store)
  if (!opened.ok) return opened
  const { store, notices, reading } = opened.value
  const ids = createIdMint(clock)
  const accounts = options.accounts.map(({ account }) => account)
  const identities = await ensureIdentities(store, ids, clock, accounts)
  const authority = createAuthority({
    accounts: options.accounts,
    identityOf: (account) => identities.get(account) ?? '',
    store,
    clock
  })
  const masterTokens = new Map(options.accounts.map(({ account, token }) => [account, token]))
  const hub = createHub(() => parts)
  const judge = createFilterJudge(clock)
  const parts: Parts = {
    store,
    clock,
    ids,
    authority,
    log,
    masterTokenOf: (account) => masterTokens.get(account),
    fhash: options.fhash ?? 'ignore',
    judge,
    turns: new FlowTurns(),
    announce: (drop, journey) => {
      hub.announce(drop)
      runner.follow(drop, journey)
    }
  }
  const transformer = new Transformer({
    ...readingOf(reading),
    workerEntry: entryFile('transform-worker'),
    allowedHosts: options.allowedHosts ?? [],
    elementForm: options.trackElements ?? 'typed',
    clock
  })
  const runner = createTrackRunner(parts, transformer)
  const flows = createFlowService(parts)
  const drops = createDropService(parts)
  const others: readonly (readonly [string, Service])[] = [
    ['api-task', createApiTaskService(parts)],
    ['device', createDeviceService(parts)],
    ['group', createGroupService(parts)],
    ['identity', createIdentityService(parts)],
    ['mqtt', createMqttService(parts)],
    ['rss', createRssService(parts)],
    ['share', createShareService(parts)],
    ['token', createTokenService(parts)],
    ['track', createTrackService(parts, runner, transformer)]
  ]
  const services = new Map<string, Service>([['flow', flows], ['drop', drops], ...others])
  const { times = {} } = options
  const sessions = createSessions(
    { parts, services, hub },
    {
      ...(times.sessionLifeMs === undefined ? {} : { lifeMs: times.sessionLifeMs }),
      ...(times.pingIntervalMs === undefined ? {} : { pingIntervalMs: times.pingIntervalMs }),
      ...(times.graceMs === undefined ? {} : { graceMs: times.graceMs }),
      ...(times.idlePollMs === undefined ? {} : { idlePollMs: times.idlePollMs })
    }
  )
  const server = await createPlatformServer({
    authority,
    sessions,
    onCall: ({ identityId }) => {
      store.count('apiCallByIdentity', identityId, clock.now())
    },
    routes: [
      ...flowRoutes(flows),
      ...dropRoutes(drops),
      ...statisticsRoutes(parts),
      ...trackRoutes(parts, transformer),
      ...others.flatMap(([segment, service]) => serviceRoutes(segment, service))
    ],
    log,
    ...(times.headTimeoutMs === undefined ? {} : { headTimeoutMs: times.headTimeoutMs }),
    ...(times.bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs: times.bodyTimeoutMs })
  })
  if (options.sample !== undefined) {
    for (const account of accounts) await loadSample(parts, account, identities.get(account) ?? '')
  }
  const host = options.host ?? LOOPBACK
  const wanted = options.portNumber ?? 0
  let portNumber: number
  try {
    portNumber = await server.listen(host, wanted)
  } catch (error) {
    sessions.close()
    await runner.close()
    await store.close()
    return failed(listenFailure(error, host, wanted))
  }
  const replay = options.sample === undefined ? undefined : await startReplay(parts, accounts, options.sample)
  const address = `${host.includes(':') ? `[${host}]` : host}:${String(portNumber)}`
  let closing: Promise<void> | undefined
  log.info({ address, accounts, data: options.data }, 'the platform listens')
  return success({
    url: `http://${address}`,
    wsUrl: `ws://${address}`,
    accounts,
    notices,
    ...(replay === undefined ? {} : { replay }),
    close: () => {
      closing ??= (async () => {
        replay?.stop()
        await server.close()
        await runner.close()
        await judge.close()
        await store.close()
        log.info({ address }, 'the platform ended')
      })()
      return closing
    }
  })
}

/** How functions read: on a connection of their own, or, when there is no file, through the memory of this thread. */
function readingOf(reading: OpenedStore['reading']): TransformerOptions {
  return reading.kind === 'file'
    ? { readerModule: entryFile('flow-reader-module').href, readerData: { file: reading.file } }
    : { hostReader: createStoredFlowReader(reading.source, systemClock) }
}

function listenFailure(error: unknown, host: string, portNumber: number): ReturnType<typeof failure> {
  const { code, message } = error as NodeJS.ErrnoException
  const place = `${host}:${String(portNumber)}`
  switch (code) {
    case 'EADDRINUSE':
      return failure('local-platform/failed', {
        message: `The port ${place} is in use by another program.`,
        hint: 'Give another port, or 0 for any free one.'
      })
    case 'EACCES':
      return failure('local-platform/failed', {
        message: `The port ${place} may not be used by this user.`,
        hint: 'Give a port from 1024 up, or 0 for any free one.'
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return failure('local-platform/failed', {
        message: `This machine has no address ${host}.`,
        hint: 'Give an address of this machine, such as 127.0.0.1.'
      })
    default:
      return failure('local-platform/failed', {
        message: `The platform cannot listen on ${place}: ${message}.`
      })
  }
}
