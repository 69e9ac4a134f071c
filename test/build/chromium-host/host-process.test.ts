import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  descendantsOf,
  HOST,
  HOST_APP,
  isRunning,
  makeUserData,
  removeUserData,
  runHost,
  type HostRun
} from '../support/host-app.ts'

let userData: string
let runs: HostRun[] = []

beforeEach(() => {
  userData = makeUserData()
})

afterEach(async () => {
  for (const { child, ended } of runs) {
    child.kill('SIGKILL')
    await ended
  }
  runs = []
  removeUserData(userData)
})

function start(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  executable = HOST
): HostRun {
  const run = runHost(parameters, { HOST_APP_PRINT_LOADED: '1', ...environment }, executable)
  runs.push(run)
  return run
}

const isLoaded = (run: HostRun) => expect.poll(run.output, { timeout: 15_000 }).toContain('loaded')

/** An app that does nothing but start a utility process that lives on. */
function makeForkingApp(): string {
  const dir = join(userData, 'forking app')
  mkdirSync(dir)
  writeFileSync(join(dir, 'package.json'), '{"name":"forking","type":"module","main":"main.js"}')
  writeFileSync(
    join(dir, 'main.js'),
    `import { app, utilityProcess } from 'electron'
     app.whenReady().then(() => utilityProcess.fork(${JSON.stringify(join(dir, 'child.js'))}).on('spawn', () => console.log('loaded')))`
  )
  writeFileSync(join(dir, 'child.js'), 'setInterval(() => {}, 1000)')
  return dir
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends the app in order, with exit code 0 and nothing left',
  async (signal) => {
    const run = start([HOST_APP, `--user-data-dir=${userData}`])
    await isLoaded(run)
    const family = descendantsOf(run.child.pid ?? 0)
    expect(family.length).toBeGreaterThan(3)
    run.child.kill(signal)
    expect(await run.ended).toEqual({ code: 0, signal: null })
    await expect.poll(() => family.filter(isRunning)).toEqual([])
  }
)

test('an app that exits with its window open ends with its own code, and no complaint', async () => {
  const run = start([HOST_APP, `--user-data-dir=${userData}`], { HOST_APP_EXIT_CODE: '3' })
  expect(await run.ended).toEqual({ code: 3, signal: null })
  expect(run.output()).toBe('loaded\n')
})

test('a host that is killed takes Chromium and its utility processes with it', async () => {
  const run = start([makeForkingApp(), `--user-data-dir=${userData}`])
  await isLoaded(run)
  const family = descendantsOf(run.child.pid ?? 0)
  expect(family.length).toBeGreaterThan(3)
  run.child.kill('SIGKILL')
  await run.ended
  await expect.poll(() => family.filter(isRunning), { timeout: 10_000 }).toEqual([])
})

test('a Chromium that is killed ends the app with a sentence', async () => {
  const run = start([HOST_APP, `--user-data-dir=${userData}`])
  await isLoaded(run)
  const [chromium] = descendantsOf(run.child.pid ?? 0)
  process.kill(chromium ?? 0, 'SIGKILL')
  expect(await run.ended).toMatchObject({ code: 1 })
  expect(run.output()).toContain('Chromium ended unexpectedly (SIGKILL).')
})

test('a missing Chromium is one sentence with the command', async () => {
  const run = start([HOST_APP], { FLOWSCOPE_CHROMIUM: join(userData, 'nothing') })
  expect(await run.ended).toMatchObject({ code: 1 })
  expect(run.output()).toMatch(
    /^Chromium is not installed.*apt-get install -y --no-install-recommends chromium.*\n$/
  )
})

test('a missing app is one sentence', async () => {
  const run = start([join(userData, 'no app')])
  expect(await run.ended).toMatchObject({ code: 1 })
  expect(run.output()).toBe(`There is no app at ${join(userData, 'no app')}.\n`)
})

test('an app whose main module fails ends with its error', async () => {
  writeFileSync(join(userData, 'package.json'), '{"main":"main.mjs"}')
  writeFileSync(join(userData, 'main.mjs'), `throw new Error('main failed')`)
  const run = start([userData])
  expect(await run.ended).toMatchObject({ code: 1 })
  expect(run.output()).toContain('main failed')
})

test('the project may lie in a folder with a space in its name', async () => {
  const root = mkdtempSync(join(tmpdir(), 'flowscope with space-'))
  try {
    const copyOfHost = join(root, 'build', 'chromium-host')
    cpSync(dirname(HOST), copyOfHost, { recursive: true })
    cpSync(HOST_APP, join(root, 'an app'), { recursive: true })
    symlinkSync(resolve(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'))
    const run = start(
      [join(root, 'an app'), `--user-data-dir=${userData}`],
      {},
      join(copyOfHost, 'electron-host')
    )
    await isLoaded(run)
    run.child.kill('SIGTERM')
    expect(await run.ended).toMatchObject({ code: 0 })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
