import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const HOLDER = resolve(import.meta.dirname, '../support/lock-holder.ts')

let dataDir: string
let children: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'flowscope-lock-'))
})

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  children = []
  rmSync(dataDir, { recursive: true, force: true })
})

/** Starts a process that asks for the lock; the messages that it sends, in order. */
function start(name: string): { child: ChildProcess; next: () => Promise<Record<string, unknown>> } {
  const child = fork(HOLDER, [dataDir, name], { execArgv: [] })
  children.push(child)
  const messages: Record<string, unknown>[] = []
  child.on('message', (message) => messages.push(message as Record<string, unknown>))
  const next = async () => {
    await expect.poll(() => messages.length, { timeout: 10_000 }).toBeGreaterThan(0)
    return messages.shift() ?? {}
  }
  return { child, next }
}

describe('the single-instance lock', () => {
  test('goes to the first, who hears of the second', async () => {
    const first = start('first')
    expect(await first.next()).toEqual({ hasLock: true })
    const second = start('second')
    expect(await second.next()).toEqual({ hasLock: false })
    expect(await first.next()).toEqual({
      second: { argv: ['second'], workingDir: '/', additionalData: { name: 'second' } }
    })
  })

  test('is free again once it is released', async () => {
    const first = start('first')
    await first.next()
    first.child.send('release')
    await once(first.child, 'exit')
    expect(await start('second').next()).toEqual({ hasLock: true })
  })

  test('is taken over from a process that was killed', async () => {
    const first = start('first')
    await first.next()
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    expect(await start('second').next()).toEqual({ hasLock: true })
  })

  test('goes to one of many who ask at once, and leaves only its own file', async () => {
    const crashed = start('crashed')
    await crashed.next()
    crashed.child.kill('SIGKILL')
    await once(crashed.child, 'exit')
    const all = ['a', 'b', 'c', 'd'].map(start)
    const answers = await Promise.all(all.map(({ next }) => next()))
    expect(answers.filter(({ hasLock }) => hasLock === true)).toHaveLength(1)
    const left = () => readdirSync(join(dataDir, '.host-instance'))
    await expect.poll(left).toEqual(['holder'])
  })
})
