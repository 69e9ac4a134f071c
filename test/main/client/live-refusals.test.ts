import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../src/main/client/api.ts'
import { createHistoryReader } from '../../../src/main/client/history.ts'
import { createLiveSocket } from '../../../src/main/client/live-socket.ts'
import type { LiveSocket, LiveSocketStatus } from '../../../src/main/client/live-socket.ts'
import { createSubscriptions } from '../../../src/main/client/subscriptions.ts'
import type { Subscriptions } from '../../../src/main/client/subscriptions.ts'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import type { Result } from '../../../src/shared/result.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { openHttpPeer } from '../../support/http-peer.ts'
import { createTestApi, serverAt, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import type { TcpProxy } from '../../support/tcp-proxy.ts'
import { openTlsFront } from '../../support/tls-front.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

/** A platform that refuses what a live stream asks of it, or is asked in a bad moment. */
let platform: TestPlatform
let proxy: TcpProxy
let direct: Api
let api: Api
let socket: LiveSocket
let subscriptions: Subscriptions
let shown: number[]
let markers: LiveMarker[]
let statuses: LiveSocketStatus[]
let closing: (() => Promise<void>)[]

beforeEach(async () => {
  platform = await startTestPlatform()
  proxy = await openTcpProxy(platform.host)
  direct = createTestApi(platform, platform.host)
  api = createTestApi(platform, proxy.host)
  shown = []
  markers = []
  statuses = []
  closing = []
})
afterEach(async () => {
  socket.close()
  await api.close()
  await direct.close()
  for (const close of closing) await close()
  await proxy.close()
  await platform.close()
})

function connect(
  options: {
    readonly openSession?: (signal: AbortSignal) => Promise<Result<string>>
    readonly verifyCertificate?: boolean
    readonly openTimeoutMs?: number
    readonly onNotice?: Subscriptions['onNotice']
    readonly readHistory?: ReturnType<typeof createHistoryReader>
  } = {}
): void {
  let lastSubscriptionId = 0
  subscriptions = createSubscriptions({
    api,
    socket: () => socket,
    readHistory: options.readHistory ?? createHistoryReader(api),
    sink: {
      drop: (_subscriptionId, _receivedAtMs, text) => {
        shown.push((JSON.parse(text) as { elems: { n: number } }).elems.n)
      },
      marker: (marker) => {
        markers.push(marker)
      },
      whenRoom: () => Promise.resolve(),
      newSubscriptionId: () => ++lastSubscriptionId
    },
    connectionId: 'test',
    clock: { now: () => 0 },
    random: () => 0
  })
  socket = createLiveSocket({
    openSession: options.openSession ?? ((signal) => api.openSession({ signal })),
    onPush: subscriptions.onPush,
    onNotice: (reply) => {
      options.onNotice?.(reply)
      subscriptions.onNotice(reply)
    },
    onStatus: (status) => {
      statuses.push(status)
      subscriptions.onStatus(status)
    },
    ...(options.verifyCertificate === undefined ? {} : { verifyCertificate: options.verifyCertificate }),
    ...(options.openTimeoutMs === undefined ? {} : { openTimeoutMs: options.openTimeoutMs }),
    random: () => 0
  })
  socket.start()
}

const gaps = (): LiveMarker[] => markers.filter(({ kind }) => kind === 'gap')
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const reasons = (): string[] =>
  statuses.flatMap((status) => (status.kind === 'waiting' ? [status.reason] : []))

const makeFlow = async (): Promise<string> =>
  valueOf(await direct.flow.create({ path: '/ana/live', capacity: 10_000 })).id

async function write(flowId: string, from: number, count: number, elems: object = {}): Promise<void> {
  for (let n = from; n < from + count; n += 1) {
    valueOf(await direct.drop(flowId).create({ elems: { n, ...elems } }))
  }
}

describe('a socket that the platform refuses', () => {
  test('because its session is gone (404): another session is asked for', async () => {
    let sessions = 0
    connect({
      openSession: async (signal) => {
        const address = await api.openSession({ signal })
        sessions += 1
        return address.ok && sessions <= 2 ? { ok: true, value: `${address.value}x` } : address
      }
    })
    await until('the socket', () => socket.status.kind === 'open')
    const refusal = 'The platform refused to open the live connection (404).'
    expect({ sessions, reasons: reasons() }).toEqual({ sessions: 3, reasons: [refusal, refusal] })
  })

  test('because its session has a socket already (409): another session is asked for', async () => {
    const taken = valueOf(await api.openSession())
    const holder = new WebSocket(taken)
    await new Promise((resolve) => {
      holder.addEventListener('open', resolve)
    })
    let sessions = 0
    connect({
      openSession: (signal) =>
        ++sessions === 1 ? Promise.resolve({ ok: true, value: taken }) : api.openSession({ signal })
    })
    await until('the socket', () => socket.status.kind === 'open')
    expect(reasons()).toEqual(['The platform refused to open the live connection (409).'])
    holder.close()
  })
})

test('a storm of 503 while sessions are opened is waited out', async () => {
  let refusals = 0
  const peer = await openHttpPeer((_request, response) => {
    refusals += 1
    response.writeHead(503, { 'Content-Type': 'application/json' }).end('{"head":{"ok":false,"status":503}}')
  })
  closing.push(() => peer.close())
  const stormy = createTestApi(platform, peer.host)
  closing.push(() => stormy.close())
  connect({ openSession: (signal) => (refusals < 4 ? stormy : api).openSession({ signal }) })
  await until('the socket', () => socket.status.kind === 'open')
  const flowId = await makeFlow()
  valueOf(await subscriptions.subscribe({ flowId }))
  await write(flowId, 0, 2)
  await until('both drops', () => shown.length === 2)
  // A session is no idempotent request: each attempt of the socket is one request, and one wait.
  expect({ refusals, waits: reasons().length }).toEqual({ refusals: 4, waits: 4 })
})

test('a server that takes the connection and never answers the upgrade is given up', async () => {
  const silent = await openTcpProxy(platform.host)
  closing.push(() => silent.close())
  silent.freeze()
  const address = valueOf(await api.openSession()).replace(proxy.host, silent.host)
  let sessions = 0
  connect({
    openTimeoutMs: 200,
    openSession: (signal) =>
      ++sessions === 1 ? Promise.resolve({ ok: true, value: address }) : api.openSession({ signal })
  })
  await until('the socket', () => socket.status.kind === 'open')
  expect(reasons()[0]).toBe('Opening handshake has timed out')
})

test('a script whose token is revoked while it listens is told, and its connection ends', async () => {
  const issued = valueOf(await direct.token.create({ paths: { '/ana': { dropRead: true } } }))
  const scripted = createTestApi({ account: 'ana', apiToken: issued.tokenString }, proxy.host)
  closing.push(() => scripted.close())
  const told: string[] = []
  const connection = valueOf(
    await scripted.websocket.connect({
      onError: ({ code }) => told.push(code),
      onClose: () => told.push('closed')
    })
  )
  valueOf(await direct.token.delete(issued.id))
  proxy.cut()
  await connection.run()
  expect(told.slice(-2)).toEqual(['platform/forbidden', 'closed'])
  connect()
})

test('a flow that is subscribed to in the moment in which the socket is lost is followed over the next one', async () => {
  let isFirstRead = true
  connect({
    readHistory: async (flowId, fromMs, limit, direction) => {
      const page = await createHistoryReader(api)(flowId, fromMs, limit, direction)
      if (isFirstRead) {
        // The socket was open a moment ago, when it was asked.
        isFirstRead = false
        proxy.cut()
        await until('the loss', () => socket.status.kind === 'waiting')
      }
      return page
    }
  })
  const flowId = await makeFlow()
  valueOf(await subscriptions.subscribe({ flowId }))
  await write(flowId, 0, 3)
  await until('three drops', () => shown.length === 3)
  expect(shown).toEqual(upTo(3))
  expect(subscriptions.flowIds).toEqual([flowId])
})

test('a flow that is let go while it is being repaired shows nothing more', async () => {
  let isRepairing = false
  let goOn: () => void = () => {}
  connect({
    readHistory: async (flowId, fromMs, limit, direction) => {
      const page = await createHistoryReader(api)(flowId, fromMs, limit, direction)
      if (direction === 'following') {
        isRepairing = true
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
      }
      return page
    }
  })
  const flowId = await makeFlow()
  valueOf(await subscriptions.subscribe({ flowId }))
  await write(flowId, 0, 1)
  await until('a drop', () => shown.length === 1)
  proxy.cut()
  await write(flowId, 1, 5)
  await until('the repair', () => isRepairing)
  valueOf(await subscriptions.unsubscribe(flowId))
  goOn()
  await write(flowId, 6, 1)
  valueOf(await socket.send({ type: 'findmany', object: 'flow', options: {} }))
  expect(shown).toEqual([0])
  expect(markers.map(({ kind }) => kind)).toEqual(['subscribed', 'connection-lost', 'unsubscribed'])
  expect(subscriptions.flowIds).toEqual([])
})

test('what an overloaded platform skips is filled in from the history', async () => {
  const DROPS = 700
  let skipped = 0
  connect({
    onNotice: ({ body }) => {
      const told = (body as { skipped: Record<string, number> }).skipped
      skipped += Object.values(told).reduce((sum, drops) => sum + drops, 0)
    }
  })
  const flowId = await makeFlow()
  valueOf(await subscriptions.subscribe({ flowId }))
  await write(flowId, 0, 1)
  await until('a drop', () => shown.length === 1)
  proxy.stall(true)
  // More than the platform keeps for a reader that is too slow.
  await write(flowId, 1, DROPS, { ballast: 'b'.repeat(64_000) })
  proxy.stall(false)
  await until('all drops', () => shown.length > DROPS, 30_000)
  await until('the gap', () => gaps().length > 0)
  expect(shown).toEqual(upTo(DROPS + 1))
  expect(skipped).toBeGreaterThan(0)
  expect(gaps()).toMatchObject([{ missedDrops: 0 }])
}, 60_000)

describe('a live connection over TLS', () => {
  const overTls = async (verifyCertificate: boolean): Promise<void> => {
    const front = await openTlsFront(platform.host, makeCertificate())
    closing.push(() => front.close())
    await api.close()
    api = createTestApi(platform, front.host, {
      server: { ...serverAt(front.host), isSecure: true },
      verifyCertificate: false
    })
    connect({ verifyCertificate })
  }

  test('with a certificate that nobody vouches for is refused', async () => {
    await overTls(true)
    await until('a refusal', () => reasons().length > 0)
    expect(reasons()[0]).toContain('self-signed certificate')
    expect(statuses.some(({ kind }) => kind === 'open')).toBe(false)
  })

  test('is opened with it where verification is switched off for the connection', async () => {
    await overTls(false)
    const flowId = await makeFlow()
    valueOf(await subscriptions.subscribe({ flowId }))
    await write(flowId, 0, 2)
    await until('both drops', () => shown.length === 2)
    expect(shown).toEqual([0, 1])
  })
})
