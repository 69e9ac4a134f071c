import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Agent } from 'undici'
import { createClient, Token } from '../../src/main/client/index.ts'
import type { Client } from '../../src/main/client/index.ts'
import { StandInXmlHttpRequest } from '../platform/clients/browser-stand-ins.ts'
import { CHILD_ACCOUNT, startPlatformChild, startServerChild } from '../support/platform-child.ts'
import type { ServerChild } from '../support/platform-child.ts'
import { median, printFigure, printProgress } from './figure.ts'

/**
 * What the client costs: 100,000 drops read beside bare undici and JSON.parse on the same bytes, and 1,000 reads at once,
 * beside the npm client `flowthings-browser` with the stand-ins of its test. The contestants take turns in the same run;
 * servers are processes of their own.
 */
const BENCH = 'client'
const ROUNDS = 7
const DROPS = 100_000
const READS = 1000
/** As many as the client opens to one platform. */
const CONNECTIONS = 16
const CREATES_UNDER_WAY = 256

const { account, token } = CHILD_ACCOUNT
const HEADERS = { 'x-auth-token': token, 'x-auth-account': account, accept: 'application/json' }
const SERVER = join(import.meta.dirname, 'bare-server', 'answer-server.ts')

interface Contestant {
  readonly name: string
  readonly run: () => Promise<number>
}

interface BrowserClient {
  readonly drop: (flowId: string) => {
    readonly find: (parameters: object) => Promise<{ readonly body: readonly unknown[] }>
    readonly read: (id: string) => Promise<{ readonly body: { readonly id: string } }>
  }
}
interface BrowserLibrary {
  readonly API: (options: object) => BrowserClient
  readonly promisify: (promise: PromiseConstructor) => unknown
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const hostOf = ({ url }: ServerChild): string => new URL(url).host

const ourClient = (server: ServerChild): Client =>
  createClient(Token(account, token), { host: hostOf(server), secure: false, concurrency: CONNECTIONS })

/** The library looks for the globals of a browser once, when it is loaded. */
function browserClient(server: ServerChild): BrowserClient {
  Object.assign(globalThis, { XMLHttpRequest: StandInXmlHttpRequest })
  const library = createRequire(import.meta.url)('flowthings-browser') as BrowserLibrary
  const host = hostOf(server)
  return library.API({
    account,
    token,
    host,
    wsHost: host,
    secure: false,
    transform: library.promisify(Promise)
  })
}

/** Median times of contestants that take turns; the first round of each warms up and is not counted. */
async function race(contestants: readonly Contestant[], expected: number): Promise<Map<string, number>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { name, run } of contestants) {
      // Nobody pays for what the one before left behind.
      collectGarbage()
      const startedMs = performance.now()
      const count = await run()
      const timeMs = performance.now() - startedMs
      if (count !== expected) throw new Error(`${name} read ${String(count)} of ${String(expected)}`)
      if (round > 0) times.get(name)?.push(timeMs)
    }
    printProgress(`round ${String(round)} of ${String(ROUNDS)}`)
  }
  return new Map([...times].map(([name, each]) => [name, median(each)]))
}

async function fill(api: Client): Promise<string> {
  printProgress(`making ${String(DROPS)} drops`)
  const { id } = await api.flow.create({ path: `/${account}/read`, capacity: DROPS })
  const drops = api.drop(id)
  let next = 0
  const write = async (): Promise<void> => {
    for (let n = next++; n < DROPS; n = next++) {
      await drops.create({
        elems: {
          n,
          temp: n % 100,
          place: `Room ${String(n % 37)}`,
          isOpen: n % 2 === 0,
          note: 'a drop as they are'
        }
      })
    }
  }
  await Promise.all(Array.from({ length: CREATES_UNDER_WAY }, write))
  return id
}

/** The whole answer, kept in a file and served word for word. */
async function benchLargeRead(platform: ServerChild, flowId: string, folder: string): Promise<void> {
  const agent = new Agent({ connections: CONNECTIONS })
  const path = `/v4.0/${account}/drop/${flowId}?limit=${String(DROPS)}`
  const bareText = async (origin: string): Promise<string> => {
    const { body } = await agent.request({ origin, path, method: 'GET', headers: HEADERS })
    return await body.text()
  }
  const file = join(folder, 'answer.json')
  const answer = await bareText(platform.url)
  await writeFile(file, answer)
  const server = await startServerChild(SERVER, [file])
  const api = ourClient(server)
  const browser = browserClient(server)
  const bare = 'bare undici and JSON.parse'
  const times = await race(
    [
      {
        name: bare,
        run: async () => (JSON.parse(await bareText(server.url)) as { body: readonly unknown[] }).body.length
      },
      { name: 'find', run: async () => (await api.drop(flowId).find({ limit: DROPS })).length },
      {
        name: 'for await of all',
        run: async () => {
          let count = 0
          for await (const drop of api.drop(flowId).all({ limit: DROPS })) if (drop.id !== '') count += 1
          return count
        }
      },
      {
        name: 'flowthings-browser',
        run: async () => (await browser.drop(flowId).find({ limit: DROPS })).body.length
      }
    ],
    DROPS
  )
  await api.close()
  await agent.close()
  await server.end()
  printFigure(BENCH, 'size of the answer', Buffer.byteLength(answer) / 1_048_576, 'MiB')
  const bareMs = times.get(bare) ?? NaN
  for (const [name, timeMs] of times) {
    printFigure(BENCH, `100,000 drops: ${name}`, timeMs, 'ms')
    if (name !== bare)
      printFigure(BENCH, `100,000 drops: ${name} against bare, at most 1.5`, timeMs / bareMs, 'times')
  }
}

async function benchParallelReads(platform: ServerChild, flowId: string): Promise<void> {
  const api = ourClient(platform)
  const agent = new Agent({ connections: CONNECTIONS })
  const browser = browserClient(platform)
  const ids = (await api.drop(flowId).find({ limit: READS, only: 'path' })).map(({ id }) => id)
  let errors = 0
  const all = async (read: (id: string) => Promise<{ readonly id: string }>): Promise<number> => {
    const answers = await Promise.allSettled(ids.map(read))
    errors += answers.filter(({ status }) => status === 'rejected').length
    return answers.filter((each, place) => each.status === 'fulfilled' && each.value.id === ids[place]).length
  }
  const times = await race(
    [
      {
        name: 'bare undici and JSON.parse',
        run: () =>
          all(async (id) => {
            const path = `/v4.0/${account}/drop/${flowId}/${id}`
            const { body } = await agent.request({
              origin: platform.url,
              path,
              method: 'GET',
              headers: HEADERS
            })
            return ((await body.json()) as { body: { id: string } }).body
          })
      },
      { name: 'read', run: () => all((id) => api.drop(flowId).read(id)) },
      {
        name: 'batch',
        run: async () => {
          const batch = api.batch<{ readonly id: string }>()
          for (const id of ids) batch.add((verbs) => verbs.drop(flowId).read(id))
          return (await batch.results()).length
        }
      },
      { name: 'flowthings-browser', run: () => all(async (id) => (await browser.drop(flowId).read(id)).body) }
    ],
    READS
  )
  await api.close()
  await agent.close()
  for (const [name, timeMs] of times) printFigure(BENCH, `1,000 reads at once: ${name}`, timeMs, 'ms')
  printFigure(BENCH, '1,000 reads at once: errors in all rounds', errors, 'errors')
}

const folder = await mkdtemp(join(tmpdir(), 'flowscope-bench-'))
const platform = await startPlatformChild(':memory:')
try {
  const api = ourClient(platform)
  const flowId = await fill(api)
  await api.close()
  await benchLargeRead(platform, flowId, folder)
  await benchParallelReads(platform, flowId)
} finally {
  await platform.end()
  await rm(folder, { recursive: true, force: true })
}
