import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createConnections } from '../../../src/main/connections/connections.ts'
import { createLocalConnection } from '../../../src/main/connections/local-connection.ts'
import { createLocalPlatform } from '../../../src/main/connections/local-platform.ts'
import type { LocalPlatform, LocalPlatformStatus } from '../../../src/main/connections/local-platform.ts'
import { createNotices } from '../../../src/main/notices.ts'
import type { Notices } from '../../../src/main/notices.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import type { Connection } from '../../../src/shared/model/connection.ts'
import { createKeptLog } from '../../support/kept-log.ts'
import type { KeptLog } from '../../support/kept-log.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

/** The real process of the platform, started from its source as Electron starts the bundled one. */
const ENTRY = resolve(import.meta.dirname, '../../../src/platform/platform-process.ts')

/** A first start makes the sample world; on a busy machine that takes its time. */
const START_LIMIT_MS = 45_000
vi.setConfig({ testTimeout: 60_000 })

let directory: string
let log: KeptLog
let notices: Notices
let platform: LocalPlatform
let children: ChildProcess[]
let statuses: LocalPlatformStatus[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-local-'))
  children = []
  statuses = []
  log = createKeptLog()
  notices = createNotices()
  platform = createLocalPlatform({
    dataDirectory: directory,
    log,
    notices,
    random: () => 0,
    fork: () => {
      const child = fork(ENTRY, [], { serialization: 'advanced', silent: true })
      children.push(child)
      return {
        postMessage: (message) => child.connected && child.send(message),
        onMessage: (callback) => child.on('message', callback),
        onExit: (callback) => child.on('exit', callback),
        kill: () => child.kill()
      }
    }
  })
  platform.onStatus((status) => statuses.push(status))
})
afterEach(async () => {
  await platform.stop()
  rmSync(directory, { recursive: true, force: true })
})

const kinds = (): string[] => statuses.map(({ kind }) => kind)

test('starts, answers its address, and ends in order when it is told to', async () => {
  platform.start()
  expect(await platform.whenReady(START_LIMIT_MS)).toBe(true)
  expect(platform.status).toMatchObject({
    kind: 'ready',
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string
  })
  await platform.stop()
  expect(children[0]?.exitCode).toBe(0)
  expect(platform.status.kind).toBe('stopped')
  expect(await platform.whenReady(10)).toBe(false)
})

test('the token is new for each run, known to the log, and neither in its data nor on a command line', async () => {
  platform.start()
  await platform.whenReady(START_LIMIT_MS)
  const { apiToken } = platform
  expect(apiToken).toMatch(/^[0-9a-f]{32}$/)
  expect(log.secrets).toEqual([apiToken])
  expect(inspect(platform, { depth: 9 })).not.toContain(apiToken)
  expect(children[0]?.spawnargs.join(' ')).not.toContain(apiToken)
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile())
  expect(files.length).toBeGreaterThan(0)
  expect(files.filter((file) => readFileSync(file).includes(apiToken))).toEqual([])
})

test('a process that dies is started again with the same token, and the replay goes on', async () => {
  platform.start()
  await platform.whenReady(START_LIMIT_MS)
  const { apiToken } = platform
  children[0]?.kill('SIGKILL')
  await until('the restart', () => kinds().includes('restarting'), START_LIMIT_MS)
  expect(await platform.whenReady(START_LIMIT_MS)).toBe(true)
  expect(kinds()).toEqual(['ready', 'restarting', 'ready'])
  expect(platform.apiToken).toBe(apiToken)
  expect((await platform.readReplay()).ok).toBe(true)
})

test('the replay is changed and told', async () => {
  const told: unknown[] = []
  platform.onReplay((replay) => told.push(replay))
  platform.start()
  await platform.whenReady(START_LIMIT_MS)
  expect(valueOf(await platform.changeReplay({ isPaused: true, ratePerSecond: 5 }))).toEqual({
    isPaused: true,
    ratePerSecond: 5
  })
  expect(told).toEqual([{ isPaused: true, ratePerSecond: 5 }])
  expect(valueOf(await platform.readReplay()).isPaused).toBe(true)
})

test('a platform that cannot start says why, and is tried again', async () => {
  rmSync(directory, { recursive: true })
  writeFileSync(directory, 'a file where the folder should be')
  platform.start()
  await until('the second attempt', () => children.length >= 2, START_LIMIT_MS)
  const [first] = statuses
  expect(first).toMatchObject({ kind: 'restarting', attempt: 1 })
  expect(first !== undefined && 'reason' in first ? first.reason : '').toContain(directory)
})

test('the connection follows: requests wait for the start, a restart is shown, and the live stream heals without a gap', async () => {
  const shown: Connection[] = []
  const texts: string[] = []
  const markers: LiveMarker[] = []
  const source = createLocalConnection({
    platform,
    sink: {
      drop: (_subscriptionId, _receivedAtMs, text) => texts.push(text),
      marker: (marker) => markers.push(marker),
      whenRoom: () => Promise.resolve(),
      newSubscriptionId: () => 1
    },
    clock: systemClock,
    log,
    onChanged: (connection) => shown.push(connection)
  })
  const connections = createConnections([source])
  platform.start()
  // Asked before it is there.
  const flow = valueOf(
    await connections.use('local', ({ api }) => api.flow.create({ path: '/local/mine', capacity: 1000 }))
  )
  valueOf(await connections.use('local', ({ subscriptions }) => subscriptions.subscribe({ flowId: flow.id })))
  const write = (n: number) =>
    connections.use('local', ({ api }) => api.drop(flow.id).create({ elems: { n } }))
  valueOf(await write(1))
  await until('the first drop', () => texts.length === 1, START_LIMIT_MS)
  children[0]?.kill('SIGKILL')
  await until('the loss', () => platform.status.kind === 'restarting', START_LIMIT_MS)
  valueOf(await write(2))
  await until('the gap', () => markers.some(({ kind }) => kind === 'gap'), START_LIMIT_MS)
  valueOf(await write(3))
  await until('all drops', () => texts.length === 3, START_LIMIT_MS)
  expect(texts.map((text) => (JSON.parse(text) as { elems: { n: number } }).elems.n)).toEqual([1, 2, 3])
  expect(markers).toMatchObject([
    { kind: 'subscribed' },
    { kind: 'connection-lost' },
    { kind: 'gap', missedDrops: 0 }
  ])
  expect(shown.map(({ status }) => status.kind)).toContain('reconnecting')
  expect(connections.list()).toMatchObject([{ id: 'local', status: { kind: 'connected' } }])
  expect(JSON.stringify(shown)).not.toContain(platform.apiToken)
  expect(await connections.use('nowhere', () => Promise.reject(new Error('never')))).toMatchObject({
    failure: { code: 'input/invalid' }
  })
  await connections.closeAll()
})
