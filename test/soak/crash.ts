import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHILD_ACCOUNT, startPlatformChild, type ServerChild } from '../support/platform-child.ts'
import { seededRandom } from './random.ts'
import type { Soak } from './run.ts'

/**
 * Kills the platform at random moments while clients write, and looks after each start whether everything that was
 * acknowledged is there, once. A write without an answer is tried again after the start, with the same fhash, as a
 * careful client does.
 */
export const FULL_COUNT = 200
const WRITERS = 8
/** The longest time under load before a kill: some hundred commits. */
const MAX_LIFE_MS = 250

interface StoredDrop {
  readonly id: string
  readonly fhash: string
  readonly elems: { readonly n: number }
}

export const soak: Soak = async (count, seed, tell) => {
  const random = seededRandom(seed)
  const data = await mkdtemp(join(tmpdir(), 'flowscope-soak-'))
  const findings: string[] = []
  let acknowledgedCount = 0
  let retried = 0
  let server: ServerChild | undefined
  try {
    for (let round = 0; round < count; round++) {
      server = await startPlatformChild(data)
      const { url } = server
      const path = `/ana/round${String(round)}`
      await call(url, 'POST', '/flow', { path, capacity: 100_000 })
      const acknowledged = new Map<string, number>()
      const unanswered = new Set<number>()
      let number = 0
      const write = async (n: number): Promise<void> => {
        unanswered.add(n)
        const drop = await call<StoredDrop>(url, 'POST', '/drop', { path, fhash: String(n), elems: { n } })
        unanswered.delete(n)
        acknowledged.set(drop.id, n)
      }
      const writer = async (): Promise<void> => {
        for (;;) await write(number++)
      }
      // Each writer ends when its connection breaks.
      const writers = Array.from({ length: WRITERS }, () => writer().catch(() => undefined))
      await new Promise((resolve) => setTimeout(resolve, random.below(MAX_LIFE_MS)))
      await server.end('SIGKILL')
      await Promise.all(writers)
      acknowledgedCount += acknowledged.size
      retried += unanswered.size
      server = await startPlatformChild(data)
      for (const n of unanswered)
        await call(server.url, 'POST', '/drop', { path, fhash: String(n), elems: { n } })
      const stored = await call<readonly StoredDrop[]>(server.url, 'GET', `/drop?path=${path}&limit=100000`)
      findings.push(
        ...check(stored, acknowledged, number).map((finding) => `round ${String(round)}: ${finding}`)
      )
      // Half of the starts end by a kill too, with nothing under way.
      await server.end(random.below(2) === 0 ? 'SIGKILL' : 'SIGTERM')
      if ((round + 1) % 20 === 0)
        tell(`${String(round + 1)} kills, ${String(acknowledgedCount)} drops acknowledged`)
    }
  } finally {
    await server?.end('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
  return { findings, figures: { kills: count, acknowledged: acknowledgedCount, retried } }
}

function check(
  stored: readonly StoredDrop[],
  acknowledged: ReadonlyMap<string, number>,
  written: number
): string[] {
  const byId = new Map(stored.map((drop) => [drop.id, drop.elems.n]))
  const lost = [...acknowledged].filter(([id, n]) => byId.get(id) !== n)
  const numbers = new Set(stored.map(({ elems }) => elems.n))
  const ids = stored.map(({ id }) => id)
  return [
    ...(lost.length === 0 ? [] : [`${String(lost.length)} acknowledged drops are lost`]),
    ...(numbers.size === stored.length
      ? []
      : [`${String(stored.length - numbers.size)} drops are stored twice`]),
    ...(numbers.size === written
      ? []
      : [`${String(numbers.size)} of ${String(written)} drops are there after the retries`]),
    ...(ids.join() === [...ids].sort().reverse().join()
      ? []
      : ['the drops are not in the order of their ids'])
  ]
}

async function call<Body = unknown>(url: string, method: string, path: string, body?: object): Promise<Body> {
  const response = await fetch(`${url}/v4.0/${CHILD_ACCOUNT.account}${path}`, {
    method,
    headers: { 'x-auth-token': CHILD_ACCOUNT.token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const answer = (await response.json()) as {
    readonly head: { readonly errors: readonly string[] }
    readonly body: Body
  }
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.head.errors.join()}`)
  return answer.body
}
