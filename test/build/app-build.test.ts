import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fingerprintOf, isBuilt, markBuilt } from '../../build/app-build.mjs'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'flowscope-build-'))
  mkdirSync(join(dir, 'src', 'main'), { recursive: true })
  writeFileSync(join(dir, 'src', 'main', 'index.ts'), 'export {}')
  writeFileSync(join(dir, 'package-lock.json'), '{}')
})

afterEach(() => {
  rmSync(dir, { recursive: true })
})

test('a project that was never built is stale', () => {
  expect(isBuilt(dir, fingerprintOf(dir))).toBe(false)
})

test('a build stays fresh while nothing changes', () => {
  markBuilt(dir, fingerprintOf(dir))
  expect(isBuilt(dir, fingerprintOf(dir))).toBe(true)
})

test.each([
  [
    'a source is edited',
    () => {
      writeFileSync(join(dir, 'src', 'main', 'index.ts'), 'export const a = 1')
    }
  ],
  [
    'a source is saved again',
    () => {
      utimesSync(join(dir, 'src', 'main', 'index.ts'), 1, 1)
    }
  ],
  [
    'a source is added',
    () => {
      writeFileSync(join(dir, 'src', 'extra.css'), '')
    }
  ],
  [
    'a source is removed',
    () => {
      rmSync(join(dir, 'src', 'main', 'index.ts'))
    }
  ],
  [
    'a package changes',
    () => {
      writeFileSync(join(dir, 'package-lock.json'), '{"a":1}')
    }
  ],
  [
    'the output is removed',
    () => {
      rmSync(join(dir, 'out'), { recursive: true })
    }
  ]
])('a build is stale when %s', (_what, change) => {
  markBuilt(dir, fingerprintOf(dir))
  change()
  expect(isBuilt(dir, fingerprintOf(dir))).toBe(false)
})
