import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { entryFile } from '../../src/platform/entry-file.ts'
import { DATABASE_NAME } from '../../src/platform/store/sqlite-schema.ts'
import type {
  LocalPlatformAnswer,
  LocalPlatformCommand
} from '../../src/shared/ipc/local-platform-messages.ts'
import { temporaryFolder } from '../support/platform.ts'

const TOKEN = 'token-of-this-run-0123456789abcdef'

interface Started {
  readonly tell: (command: LocalPlatformCommand) => void
  readonly next: () => Promise<LocalPlatformAnswer>
  readonly disconnect: () => void
  readonly exit: Promise<number | null>
}

function start(dataDirectory: string): Started {
  const child = fork(fileURLToPath(entryFile('platform-process')), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    silent: true
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const answers: LocalPlatformAnswer[] = []
  const waiting: ((answer: LocalPlatformAnswer) => void)[] = []
  child.on('message', (message) => {
    const answer = message as LocalPlatformAnswer
    const waiter = waiting.shift()
    if (waiter === undefined) answers.push(answer)
    else waiter(answer)
  })
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const tell = (command: LocalPlatformCommand): void => {
    child.send(command)
  }
  tell({ kind: 'start', account: 'local', token: TOKEN, dataDirectory })
  return {
    tell,
    next: async () => answers.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
    disconnect: () => {
      child.disconnect()
    },
    exit
  }
}

async function folder(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  return path
}

test('starts, changes its replay and stops by message', async () => {
  const platform = start(await folder())
  const ready = await platform.next()
  if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready))
  expect(ready.replay).toEqual({ isPaused: false, ratePerSecond: 2 })
  const reply = await fetch(`${ready.url}/v4.0/local/flow`, { headers: { 'x-auth-token': TOKEN } })
  expect(reply.status).toBe(200)
  platform.tell({ kind: 'change-replay', change: { isPaused: true } })
  expect(await platform.next()).toEqual({ kind: 'replay', replay: { isPaused: true, ratePerSecond: 2 } })
  platform.tell({ kind: 'stop' })
  expect(await platform.exit).toBe(0)
})

test('ends by itself when the app is gone', async () => {
  const platform = start(await folder())
  await platform.next()
  platform.disconnect()
  expect(await platform.exit).toBe(0)
})

test('moves a damaged database aside and says where it is', async () => {
  const data = await folder()
  writeFileSync(join(data, DATABASE_NAME), 'no database '.repeat(500))
  const platform = start(data)
  const notice = await platform.next()
  expect(notice).toMatchObject({
    kind: 'notice',
    message: expect.stringContaining(join(data, 'platform.damaged-')) as string
  })
  expect((await platform.next()).kind).toBe('ready')
  platform.tell({ kind: 'stop' })
  expect(await platform.exit).toBe(0)
})

test('says why it cannot start, and ends with 1', async () => {
  const platform = start('/proc/flowscope')
  expect(await platform.next()).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('cannot be written') as string,
    failure: { code: 'local-platform/failed' }
  })
  expect(await platform.exit).toBe(1)
})
