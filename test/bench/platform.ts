import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/shared/clock.ts'
import { createIdMint } from '../../src/platform/engine/ids.ts'
import { storedFlow } from '../../src/platform/engine/flows.ts'
import { storedDrop } from '../../src/platform/engine/publish.ts'
import { silentLog } from '../../src/platform/log.ts'
import { openStore } from '../../src/platform/store/open-store.ts'
import {
  CHILD_ACCOUNT,
  startPlatformChild,
  startServerChild,
  type ServerChild
} from '../support/platform-child.ts'
import { median, printFigure, printProgress, quantile } from './figure.ts'

/**
 * How fast the platform is: durable creates beside the bare parts, a filtered find under load, the start with a million
 * drops. Servers are processes of their own; what is compared takes turns in the same run, for the machine is shared.
 * The load runs in this process, on the same processors as the servers.
 */
const BENCH = 'platform'
const ROUNDS = 5
const ROUND_MS = 1500
const CONNECTIONS = 32
const IN_FLIGHT = 64
const STORED_DROPS = 100_000
const FINDS = 30
const COLD_STARTS = 3
const PUSHED_PER_SECOND = 5000
const SUBSCRIBERS = 10
const TICK_MS = 4
const RUNAWAY_MS = 5000
const MANY_DROPS = 1_000_000
/** What one find matches: one of a hundred. */
const FILTER = 'temp == 42'

const SERVER = join(import.meta.dirname, 'bare-server', 'server.ts')
const HEADERS = { 'x-auth-token': CHILD_ACCOUNT.token, 'content-type': 'application/json' }
const BASE = `/v4.0/${CHILD_ACCOUNT.account}`

const elems = (n: number) => ({ n, temp: n % 100, place: `Room ${String(n % 37)}`, isOpen: n % 2 === 0 })

async function ask(server: ServerChild, method: string, path: string, body?: unknown): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(server.url + BASE + path, { method, headers: HEADERS, ...sent })
  const { head, body: answered } = (await response.json()) as {
    readonly head: { readonly errors: readonly string[] }
    readonly body: unknown
  }
  if (!response.ok) throw new Error(head.errors.join())
  return answered
}

async function openSession(server: ServerChild): Promise<WebSocket> {
  const response = await fetch(`${server.url}/session`, {
    method: 'POST',
    headers: { ...HEADERS, 'x-auth-account': CHILD_ACCOUNT.account }
  })
  const { body } = (await response.json()) as { readonly body: { readonly id: string } }
  return await openSocket(`${server.wsUrl}/session/${body.id}/ws`)
}

function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** Creates a second over REST, with so many connections that each wait for their answer. */
async function restCreates(url: string, path: string): Promise<number> {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 })
  const endMs = performance.now() + ROUND_MS
  let count = 0
  const write = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path,
        headers: HEADERS,
        body: JSON.stringify({ elems: elems(count) })
      })
      await body.dump()
      if (statusCode !== 201) throw new Error(`a create answered ${String(statusCode)}`)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, write))
  await pool.close()
  return count / (ROUND_MS / 1000)
}

/** Creates a second over one socket, so many of them under way. */
async function socketCreates(socket: WebSocket, members: object): Promise<number> {
  const endMs = performance.now() + ROUND_MS
  let count = 0
  let underWay = 0
  const send = (): void => {
    underWay += 1
    socket.send(
      JSON.stringify({
        msgId: count,
        type: 'create',
        object: 'drop',
        ...members,
        value: { elems: elems(count) }
      })
    )
  }
  await new Promise<void>((resolve) => {
    socket.on('message', () => {
      count += 1
      underWay -= 1
      if (performance.now() < endMs) send()
      else if (underWay === 0) resolve()
    })
    for (let each = 0; each < IN_FLIGHT; each++) send()
  })
  socket.removeAllListeners('message')
  return count / (ROUND_MS / 1000)
}

async function benchCreates(folder: string): Promise<void> {
  const data = join(folder, 'creates')
  await mkdir(data)
  const platform = await startPlatformChild(data)
  const bare = await startServerChild(SERVER, [data])
  const session = await openSession(platform)
  const bareSocket = await openSocket(bare.wsUrl)
  const rest: number[] = []
  const restBare: number[] = []
  const live: number[] = []
  const liveBare: number[] = []
  // The first round of each warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    printProgress(`creates: round ${String(round)} of ${String(ROUNDS)}`)
    // A flow of its own, which does not get full: the bare servers delete nothing either.
    const flow = { path: `/ana/creates${String(round)}`, capacity: STORED_DROPS }
    const { id } = (await ask(platform, 'POST', '/flow', flow)) as { readonly id: string }
    const figures = [
      [rest, await restCreates(platform.url, `${BASE}/drop/${id}`)],
      [restBare, await restCreates(bare.url, '/drop')],
      [live, await socketCreates(session, { flowId: id })],
      [liveBare, await socketCreates(bareSocket, {})]
    ] as const
    if (round > 0) for (const [list, figure] of figures) list.push(figure)
  }
  session.terminate()
  bareSocket.terminate()
  await platform.end()
  await bare.end()
  printFigure(BENCH, 'durable creates over REST', median(rest), 'drops/s')
  printFigure(BENCH, 'bare Fastify and SQLite', median(restBare), 'drops/s')
  printFigure(BENCH, 'REST against bare, best is 0.5 or more', median(rest) / median(restBare), 'times')
  printFigure(BENCH, 'durable creates over one WebSocket', median(live), 'drops/s')
  printFigure(BENCH, 'bare ws and SQLite', median(liveBare), 'drops/s')
  printFigure(BENCH, 'WebSocket against bare, best is 0.5 or more', median(live) / median(liveBare), 'times')
}

/** Fills flows of a data folder as the platform itself stores them, without the way through the network. */
async function fill(data: string, flows: number): Promise<void> {
  const opened = openStore({ data, onDamaged: 'fail', clock: systemClock, log: silentLog })
  if (!opened.ok) throw new Error(opened.failure.message)
  const { store } = opened.value
  const ids = createIdMint(systemClock)
  for (let number = 0; number < flows; number++) {
    const creationDate = systemClock.now()
    const flowId = ids.mint('flow', creationDate)
    const path = `/ana/stored${String(number)}`
    store.putObject(
      storedFlow({ id: flowId, path, capacity: STORED_DROPS, creationDate, creatorId: 'i'.padEnd(25, '0') })
    )
    for (let n = 0; n < STORED_DROPS; n++) {
      const last = store.lastEntry(flowId)
      const id = ids.mint('drop', creationDate, last?.dropId)
      store.addDrop(
        storedDrop({ id, flowId, path, creationDate, version: 0, elems: elems(n) }, true),
        STORED_DROPS
      )
      if (n % 2000 === 0) await store.durable()
    }
    await store.durable()
  }
  await store.close()
}

interface Pushing {
  /** From the moment of sending to that of arrival, in milliseconds. */
  readonly delaysMs: number[]
  readonly rate: () => number
  readonly stop: () => void
}

/** Creates drops at a fixed rate over one socket, and measures how long they take to a subscriber. */
async function startPushing(server: ServerChild): Promise<Pushing> {
  const { id } = (await ask(server, 'POST', '/flow', {
    path: `/ana/pushed${String(Math.random()).slice(2)}`
  })) as {
    readonly id: string
  }
  const delaysMs: number[] = []
  let arrived = 0
  const subscribers = await Promise.all(
    Array.from({ length: SUBSCRIBERS }, async (_, index) => {
      const socket = await openSession(server)
      const subscribed = new Promise((resolve) => socket.once('message', resolve))
      socket.send(JSON.stringify({ msgId: 0, type: 'subscribe', object: 'drop', flowId: id }))
      await subscribed
      socket.on('message', (data: Buffer) => {
        arrived += 1
        // One of the ten is read; the others show that they are served.
        if (index > 0) return
        const sentMs = /"sentMs":([\d.]+)/.exec(data.toString())?.[1]
        delaysMs.push(performance.now() - Number(sentMs))
      })
      return socket
    })
  )
  const publisher = await openSession(server)
  const startedMs = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * PUSHED_PER_SECOND)
    for (; sent < due; sent++) {
      const value = { elems: { n: sent, sentMs: performance.now() } }
      publisher.send(JSON.stringify({ msgId: sent, type: 'create', object: 'drop', flowId: id, value }))
    }
  }, TICK_MS)
  return {
    delaysMs,
    rate: () => arrived / SUBSCRIBERS / ((performance.now() - startedMs) / 1000),
    stop: () => {
      clearInterval(timer)
      publisher.terminate()
      for (const socket of subscribers) socket.terminate()
    }
  }
}

async function timedFind(server: ServerChild): Promise<number> {
  const startedMs = performance.now()
  const path = `/drop?path=/ana/stored0&limit=${String(STORED_DROPS)}&filter=${encodeURIComponent(FILTER)}`
  const found = (await ask(server, 'GET', path)) as unknown[]
  if (found.length !== STORED_DROPS / 100) throw new Error(`the find answered ${String(found.length)} drops`)
  return performance.now() - startedMs
}

const pause = (timeMs: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, timeMs))

async function benchFinds(folder: string): Promise<void> {
  const data = join(folder, 'finds')
  await fill(data, 1)
  const cold: number[] = []
  const warm: number[] = []
  const delaysMs: number[] = []
  const rates: number[] = []
  for (let start = 1; start <= COLD_STARTS; start++) {
    printProgress(`finds under load: start ${String(start)} of ${String(COLD_STARTS)}`)
    const server = await startPlatformChild(data)
    const pushing = await startPushing(server)
    await pause(1000)
    pushing.delaysMs.length = 0
    cold.push(await timedFind(server))
    for (let find = 0; find < FINDS; find++) {
      warm.push(await timedFind(server))
      await pause(50)
    }
    rates.push(pushing.rate())
    delaysMs.push(...pushing.delaysMs)
    pushing.stop()
    await server.end()
  }
  printFigure(BENCH, 'filtered find over 100,000 drops, cold, median', median(cold), 'ms')
  printFigure(BENCH, 'filtered find over 100,000 drops, warm, median', median(warm), 'ms')
  printFigure(BENCH, 'pushed meanwhile to each of ten subscribers', median(rates), 'drops/s')
  printFigure(BENCH, 'push, median', median(delaysMs), 'ms')
  printFigure(BENCH, 'push, 99th percentile', quantile(delaysMs, 0.99), 'ms')
}

/** How long small requests take, one after the other, for some seconds. */
async function requestTimes(server: ServerChild, path: string): Promise<number[]> {
  const timesMs: number[] = []
  const endMs = performance.now() + RUNAWAY_MS
  while (performance.now() < endMs) {
    const startedMs = performance.now()
    await ask(server, 'GET', path)
    timesMs.push(performance.now() - startedMs)
    await pause(2)
  }
  return timesMs
}

async function benchRunaway(): Promise<void> {
  printProgress('requests beside a function that never ends')
  const server = await startPlatformChild(':memory:')
  const { id } = (await ask(server, 'POST', '/flow', { path: '/ana/in' })) as { readonly id: string }
  const alone = await requestTimes(server, `/flow/${id}`)
  await ask(server, 'POST', '/track', {
    source: '/ana/in',
    destination: '/ana/in',
    js: 'function () { for (;;) {} }'
  })
  // Three calls use up their two seconds each, one after the other.
  for (let drop = 0; drop < 3; drop++) await ask(server, 'POST', `/drop/${id}`, { elems: {} })
  const beside = await requestTimes(server, `/flow/${id}`)
  await server.end()
  printFigure(BENCH, 'small request alone, 99th percentile', quantile(alone, 0.99), 'ms')
  printFigure(BENCH, 'small request alone, longest', Math.max(...alone), 'ms')
  printFigure(
    BENCH,
    'small request beside an endless function, 99th percentile',
    quantile(beside, 0.99),
    'ms'
  )
  printFigure(BENCH, 'small request beside an endless function, longest', Math.max(...beside), 'ms')
}

async function benchStart(folder: string): Promise<void> {
  const data = join(folder, 'million')
  printProgress('filling a million drops')
  await fill(data, MANY_DROPS / STORED_DROPS)
  const starts: number[] = []
  const memory: number[] = []
  for (let round = 0; round < 3; round++) {
    const server = await startPlatformChild(data)
    starts.push(server.startedInMs)
    await ask(server, 'GET', '/drop?path=/ana/stored3')
    memory.push(residentMib(server.child.pid ?? 0))
    await server.end()
  }
  printFigure(BENCH, 'start with a million stored drops', median(starts), 'ms')
  printFigure(BENCH, 'memory then', median(memory), 'MiB')
}

/** The resident memory of a process, as Linux tells it. */
function residentMib(processId: number): number {
  const status = readFileSync(`/proc/${String(processId)}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

/** In this order: the finds first, before the creates leave the disk with much to write. */
const PARTS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  finds: benchFinds,
  creates: benchCreates,
  runaway: benchRunaway,
  start: benchStart
}

/** `npm run -s bench -- platform [PART…]`: all parts unless some are named. */
const wanted = process.argv.slice(3)
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name))
if (unknown.length > 0) {
  process.stderr.write(`There is no part "${unknown.join()}". The parts are: ${Object.keys(PARTS).join()}.\n`)
  process.exit(2)
}

const folder = await mkdtemp(join(tmpdir(), 'flowscope-bench-'))
try {
  for (const [name, run] of Object.entries(PARTS))
    if (wanted.length === 0 || wanted.includes(name)) await run(folder)
} finally {
  await rm(folder, { recursive: true, force: true })
}
