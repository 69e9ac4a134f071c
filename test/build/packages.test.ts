import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { agreesWithLock, checkNode } from '../../build/packages.mjs'

describe('the Node that a person has', () => {
  test.each(['20.0.0', '24.21.0', '100.1.0'])('may be %s', (version) => {
    expect(() => {
      checkNode(version)
    }).not.toThrow()
  })

  test('may not be older than 20', () => {
    expect(() => {
      checkNode('18.20.4')
    }).toThrow('This is Node 18.20.4, and Flowscope needs Node 20 or newer.')
  })
})

describe('packages that somebody installed already', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'flowscope-packages-'))
    mkdirSync(join(dir, 'node_modules'))
    write('package-lock.json', {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/mac': { version: '2.0.0', optional: true }
    })
  })
  afterEach(() => {
    rmSync(dir, { recursive: true })
  })
  const write = (name: string, packages: object): void => {
    writeFileSync(join(dir, name), JSON.stringify({ packages }))
  }

  test('are kept when they are those of the lock file; those of other systems may be missing', () => {
    write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } })
    expect(agreesWithLock(dir)).toBe(true)
  })

  test.each([
    ['none is there', {}],
    ['one has another version', { 'node_modules/a': { version: '1.0.1' } }]
  ])('are installed again when %s', (_what, packages) => {
    write('node_modules/.package-lock.json', packages)
    expect(agreesWithLock(dir)).toBe(false)
  })

  test('are installed when npm never ran', () => {
    expect(agreesWithLock(dir)).toBe(false)
  })
})
