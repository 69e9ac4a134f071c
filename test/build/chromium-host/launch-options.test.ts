import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLaunchOptions } from '../../../build/chromium-host/launch-options.ts'

const fixtures = resolve(import.meta.dirname, '../../fixtures')
const read = (commandLine: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  readLaunchOptions(commandLine, environment, fixtures)

describe('the command line of the host', () => {
  test('takes the flags of a test tool off, and gives the app the rest', () => {
    const flags = ['--no-sandbox', '--inspect=0', '--remote-debugging-port=0']
    expect(read([...flags, 'host-app', '--profile', 'a b', '--inspect=1'])).toEqual({
      appDir: resolve(fixtures, 'host-app'),
      entryFile: resolve(fixtures, 'host-app/main.js'),
      name: 'Host App',
      version: '1.2.3',
      argv: ['host-app', '--profile', 'a b', '--inspect=1'],
      debugPortNumber: 0,
      isHeadless: process.platform === 'linux'
    })
  })

  test('opens no debugging port unless it is asked to', () => {
    expect(read(['host-app']).debugPortNumber).toBeUndefined()
  })

  test('shows a window where there is a display, unless it is told not to', () => {
    expect(read(['host-app'], { DISPLAY: ':0' }).isHeadless).toBe(false)
    expect(read(['host-app'], { DISPLAY: ':0', FLOWSCOPE_HEADLESS: '1' }).isHeadless).toBe(true)
  })

  test('says where it found no app', () => {
    expect(() => read(['no-such-app'])).toThrow(`There is no app at ${resolve(fixtures, 'no-such-app')}.`)
    expect(() => read(['.'])).toThrow('it has no package.json')
  })
})
