import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Api } from '../../src/main/client/api.ts'
import { createHistoryReader } from '../../src/main/client/history.ts'
import { createLiveSocket } from '../../src/main/client/live-socket.ts'
import type { LiveSocket } from '../../src/main/client/live-socket.ts'
import { createSubscriptions } from '../../src/main/client/subscriptions.ts'
import { openDropPort } from '../../src/main/live/drop-port.ts'
import { DropCredit } from '../../src/renderer/console/drop-credit.ts'
import { systemClock } from '../../src/shared/clock.ts'
import type { LiveMessage } from '../../src/shared/ipc/live-port.ts'
import { createTestApi } from '../support/local-platform.ts'
import { openNodeChannel } from '../support/node-port.ts'
import { CHILD_ACCOUNT, startPlatformChild } from '../support/platform-child.ts'
import { openTcpProxy } from '../support/tcp-proxy.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'
import { valueOf } from '../support/value-of.ts'
import { StreamAccount } from './live-account.ts'
import { seededRandom } from './random.ts'
import type { SeededRandom } from './random.ts'
import type { Soak } from './run.ts'

/**
 * Cuts a live stream again and again, at any moment and in several ways, and looks at the end of the port, where the
 * window would be: every drop that was acknowledged must be there exactly once and in order, or be counted by a marker at
 * its place. One flow keeps all of its history, one discards it soon, one keeps none.
 */
export const FULL_COUNT = 500

const DROPS_PER_SECOND = 2000
const CAPACITIES = { whole: 100_000, short: 300, none: 0 } as const
type FlowName = keyof typeof CAPACITIES
/** Of 20 drops: most go where nothing may be missing. */
const SHARES: readonly FlowName[] = [
  ...new Array<FlowName>(14).fill('whole'),
  ...new Array<FlowName>(4).fill('short'),
  'none',
  'none'
]
const TICK_MS = 10
/** A second of the stream: a platform that is slower than it is not given more at once, and its replies come in time. */
const MAX_UNACKNOWLEDGED = 2000
/** Ten seconds of the stream, a fifth of what the flow keeps. */
const MAX_BEHIND_DROPS = 20_000
/** The longest time between two cuts, and of an interruption. */
const MAX_CALM_MS = 300
const MAX_DOWN_MS = 300

export const soak: Soak = async (count, seed, tell) => {
  const random = seededRandom(seed)
  const data = await mkdtemp(join(tmpdir(), 'flowscope-soak-'))
  const platform = await startPlatformChild(data)
  const host = new URL(platform.url).host
  const proxy = await openTcpProxy(host)
  const credentials = { account: CHILD_ACCOUNT.account, apiToken: CHILD_ACCOUNT.token }
  const direct = createTestApi(credentials, host)
  const account = new StreamAccount()
  const receiver = createReceiver(createTestApi(credentials, proxy.host), account)
  const writer = openWriter(direct)
  const startedMs = performance.now()
  const seconds = (): number => Math.round((performance.now() - startedMs) / 1000)
  try {
    const flowIds = await makeFlows(direct)
    await until('both sockets', () => receiver.socket.status.kind === 'open' && writer.status.kind === 'open')
    for (const flowId of Object.values(flowIds)) valueOf(await receiver.subscriptions.subscribe({ flowId }))
    const writing = startWriting(writer, flowIds, account)
    let maxBehindDrops = 0
    for (let cut = 1; cut <= count; cut += 1) {
      // Some cuts come while the gap of the one before is still being filled.
      if (random.below(4) > 0) {
        const { receivedDrops } = account
        await until('drops go on', () => account.receivedDrops > receivedDrops, 60_000)
      }
      maxBehindDrops = Math.max(maxBehindDrops, account.behind(flowIds.whole))
      // A flow keeps so many drops: on a machine that is too slow for all this it would rightly lose some.
      await until('the gaps to close', () => account.behind(flowIds.whole) < MAX_BEHIND_DROPS, 120_000)
      await pauseMs(random.below(MAX_CALM_MS))
      await interrupt(proxy, random)
      if (cut % 25 === 0)
        tell(JSON.stringify({ cuts: cut, seconds: seconds(), maxBehindDrops, ...account.figures() }))
    }
    await writing.stop()
    await receiveTheRest(receiver.socket, writer, flowIds, account)
    return {
      findings: account.findings([flowIds.whole]),
      figures: { cuts: count, seconds: seconds(), maxBehindDrops, ...account.figures() }
    }
  } finally {
    receiver.close()
    writer.close()
    await direct.close()
    await proxy.close()
    await platform.end('SIGTERM')
    await rm(data, { recursive: true, force: true })
  }
}

/** The client as the app has it, and behind the port what the window does with credit. */
function createReceiver(api: Api, account: StreamAccount) {
  const { end, other } = openNodeChannel()
  const port = openDropPort(end, { now: Date.now })
  const credit = new DropCredit()
  other.on('message', (message: LiveMessage) => {
    account.take(message)
    const grant = credit.take(message)
    if (grant !== undefined) other.postMessage(grant)
  })
  other.postMessage(credit.open())
  let lastSubscriptionId = 0
  const subscriptions = createSubscriptions({
    api,
    socket: () => socket,
    readHistory: createHistoryReader(api),
    sink: { ...port.sink, newSubscriptionId: () => ++lastSubscriptionId },
    connectionId: 'soak',
    clock: systemClock
  })
  const socket = createLiveSocket({
    openSession: (signal) => api.openSession({ signal }),
    onPush: subscriptions.onPush,
    onNotice: subscriptions.onNotice,
    onStatus: subscriptions.onStatus
  })
  socket.start()
  return {
    socket,
    subscriptions,
    close: () => {
      socket.close()
      port.close()
      void api.close()
    }
  }
}

function openWriter(api: Api): LiveSocket {
  const socket = createLiveSocket({
    openSession: (signal) => api.openSession({ signal }),
    onPush: () => {},
    onNotice: () => {},
    onStatus: () => {}
  })
  socket.start()
  return socket
}

async function makeFlows(api: Api): Promise<Record<FlowName, string>> {
  const entries = Object.entries(CAPACITIES).map(async ([name, capacity]) => {
    const flow = valueOf(await api.flow.create({ path: `/${CHILD_ACCOUNT.account}/${name}`, capacity }))
    return [name, flow.id]
  })
  return Object.fromEntries(await Promise.all(entries)) as Record<FlowName, string>
}

async function write(writer: LiveSocket, flowId: string, account: StreamAccount): Promise<void> {
  const created = valueOf(
    await writer.send({ type: 'create', object: 'drop', flowId, value: { elems: { text: 'soak', n: 1 } } })
  )
  account.acknowledge(flowId, (created as { id: string }).id)
}

/** Writes past the proxy, at its rate whatever the receiver does, as far as the platform takes it. */
function startWriting(
  writer: LiveSocket,
  flowIds: Readonly<Record<FlowName, string>>,
  account: StreamAccount
) {
  const pending = new Set<Promise<void>>()
  const startedMs = performance.now()
  let written = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - startedMs) * DROPS_PER_SECOND) / 1000
    for (; written < due && pending.size < MAX_UNACKNOWLEDGED; written += 1) {
      const name = SHARES[written % SHARES.length] ?? 'whole'
      const one = write(writer, flowIds[name], account)
      pending.add(one)
      void one.finally(() => pending.delete(one))
    }
  }, TICK_MS)
  return {
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await Promise.all(pending)
    }
  }
}

async function interrupt(proxy: TcpProxy, random: SeededRandom): Promise<void> {
  switch (random.pick(['reset', 'refused', 'middle', 'frozen'] as const)) {
    case 'reset':
      proxy.cut()
      return
    case 'refused':
      proxy.refuse(true)
      proxy.cut()
      await pauseMs(random.below(MAX_DOWN_MS))
      proxy.refuse(false)
      return
    case 'middle':
      proxy.treat({ kind: 'cut-after', bytes: random.below(5000) }, 1)
      return
    case 'frozen':
      proxy.freeze()
      await pauseMs(random.below(MAX_DOWN_MS))
      proxy.cut()
      proxy.heal()
  }
}

/** Writes single drops until each flow has shown its latest: a flow without history shows only what comes. */
async function receiveTheRest(
  socket: LiveSocket,
  writer: LiveSocket,
  flowIds: Readonly<Record<FlowName, string>>,
  account: StreamAccount
): Promise<void> {
  await until('the receiver', () => socket.status.kind === 'open', 60_000)
  const endMs = performance.now() + 60_000
  while (!Object.values(flowIds).every((flowId) => account.hasLatest(flowId))) {
    if (performance.now() > endMs) return
    for (const flowId of Object.values(flowIds)) await write(writer, flowId, account)
    await pauseMs(200)
  }
}

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
