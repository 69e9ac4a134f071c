import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseRuntime, findElectron } from '../../build/runtime.mjs'

/** A Linux desktop where Electron is not installed and cannot be had; a test says what is different. */
const desktop = {
  quiet: true,
  environment: { DISPLAY: ':0' } as NodeJS.ProcessEnv,
  platform: 'linux' as NodeJS.Platform,
  isRoot: false,
  findElectron: (): string | undefined => undefined,
  canDownload: () => Promise.resolve(false),
  download: () => Promise.resolve(false)
}
const installed = { findElectron: () => '/electron' }

describe('the choice of runtime', () => {
  test('is the host where Electron cannot be had', async () => {
    expect(await chooseRuntime(desktop)).toMatchObject({ kind: 'host', args: [] })
  })

  test('is Electron where its binary is', async () => {
    expect(await chooseRuntime({ ...desktop, ...installed })).toMatchObject({
      kind: 'electron',
      executablePath: '/electron',
      args: []
    })
  })

  test('downloads Electron where its site answers', async () => {
    let isThere = false
    const options = {
      ...desktop,
      findElectron: () => (isThere ? '/downloaded' : undefined),
      canDownload: () => Promise.resolve(true),
      download: () => Promise.resolve((isThere = true))
    }
    expect(await chooseRuntime(options)).toMatchObject({ kind: 'electron', executablePath: '/downloaded' })
  })

  test('is the host when the download fails', async () => {
    expect(await chooseRuntime({ ...desktop, canDownload: () => Promise.resolve(true) })).toMatchObject({
      kind: 'host'
    })
  })

  test('is the host without a display, and asks no site', async () => {
    const canDownload = () => Promise.reject(new Error('asked'))
    expect(await chooseRuntime({ ...desktop, ...installed, environment: {}, canDownload })).toMatchObject({
      kind: 'host'
    })
  })

  test.each(['electron', 'host'])('is %s when FLOWSCOPE_RUNTIME says so', async (kind) => {
    const environment = { FLOWSCOPE_RUNTIME: kind }
    expect(await chooseRuntime({ ...desktop, ...installed, environment })).toMatchObject({ kind })
  })

  test('refuses a wish that it cannot meet, or does not know', async () => {
    const wish = (runtime: string) =>
      chooseRuntime({ ...desktop, environment: { FLOWSCOPE_RUNTIME: runtime } })
    await expect(wish('electron')).rejects.toThrow('could not be downloaded')
    await expect(wish('firefox')).rejects.toThrow('FLOWSCOPE_RUNTIME is "firefox"')
  })

  test('gives Electron the flag that root needs', async () => {
    expect((await chooseRuntime({ ...desktop, ...installed, isRoot: true })).args).toEqual(['--no-sandbox'])
  })
})

describe("Electron's executable", () => {
  let packageDir: string
  beforeEach(() => {
    packageDir = mkdtempSync(join(tmpdir(), 'flowscope-electron-'))
  })
  afterEach(() => {
    rmSync(packageDir, { recursive: true })
  })

  test('is found by the note beside it, and only when it is really there', () => {
    expect(findElectron(packageDir)).toBeUndefined()
    writeFileSync(join(packageDir, 'path.txt'), 'electron')
    expect(findElectron(packageDir)).toBeUndefined()
    mkdirSync(join(packageDir, 'dist'))
    writeFileSync(join(packageDir, 'dist', 'electron'), '')
    expect(findElectron(packageDir)).toBe(join(packageDir, 'dist', 'electron'))
  })
})
