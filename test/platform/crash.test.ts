import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, until } from '../support/platform.ts'

const CLI = join(import.meta.dirname, '../../src/platform/cli.ts')
const TOKEN = 'secret-of-ana'
const ROUNDS = 4
const WRITERS = 8

interface Started {
  readonly url: string
  readonly kill: () => Promise<unknown>
}

async function start(data: string): Promise<Started> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    CLI,
    '--data',
    data,
    '--account',
    'ana',
    '--token',
    TOKEN
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let out = ''
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  const exit = new Promise((resolve) => child.on('exit', resolve))
  const kill = (): Promise<unknown> => {
    child.kill('SIGKILL')
    return exit
  }
  onTestFinished(async () => {
    await kill()
  })
  await until(() => out.includes('\n'), 15_000)
  return { url: (JSON.parse(out) as { url: string }).url, kill }
}

const call = async (url: string, method: string, path: string, body?: object): Promise<{ body: unknown }> => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(`${url}/v4.0/ana${path}`, {
    method,
    headers: { 'x-auth-token': TOKEN },
    ...sent
  })
  return (await response.json()) as { body: unknown }
}

test(
  'killed at any moment, it loses no drop that it acknowledged and stores none twice',
  { timeout: 60_000 },
  async () => {
    const { path: data, remove } = await temporaryFolder()
    onTestFinished(remove)
    const acknowledged = new Set<string>()
    let number = 0
    for (let round = 0; round < ROUNDS; round++) {
      const platform = await start(data)
      if (round === 0) await call(platform.url, 'POST', '/flow', { path: '/ana/kept', capacity: 100_000 })
      const before = acknowledged.size
      const write = async (): Promise<void> => {
        for (;;) {
          const made = await call(platform.url, 'POST', '/drop', {
            path: '/ana/kept',
            elems: { n: number++ }
          })
          acknowledged.add((made.body as { id: string }).id)
        }
      }
      // Each writer ends when its connection breaks.
      const writers = Array.from({ length: WRITERS }, () => write().catch(() => undefined))
      await until(() => acknowledged.size > before + 20 + 17 * round)
      await platform.kill()
      await Promise.all(writers)
    }
    const platform = await start(data)
    const { body } = await call(platform.url, 'GET', '/drop?path=/ana/kept&limit=100000')
    const drops = body as { id: string; elems: { n: number } }[]
    const stored = new Set(drops.map(({ id }) => id))
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
    expect(new Set(drops.map(({ elems }) => elems.n)).size).toBe(drops.length)
    expect(drops.map(({ id }) => id)).toEqual([...stored].sort().reverse())
  }
)
