import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MAX_LOG_BYTES, openLog } from '../../src/main/log.ts'
import type { Log } from '../../src/main/log.ts'
import { MASK, maskSecretMembers } from '../../src/main/secrets.ts'

const TOKEN = 'Zx8Kq2Lw9Tb4Nc7Vd1Mf5Rg3Hs6Jp0Ya'

let directory: string
let file: string
let log: Log
let terminal: string[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-log-'))
  file = join(directory, 'flowscope.log')
  terminal = []
  log = openLog({ file, writeToTerminal: (line) => terminal.push(line) })
})
afterEach(() => {
  log.close()
  rmSync(directory, { recursive: true })
})

const lines = (): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('a line has its level, subsystem, phrase and fields, and is on the disk when the call returns', () => {
  log.info('client', 'reconnected', { attempt: 2 })
  expect(lines()).toMatchObject([{ level: 30, subsystem: 'client', msg: 'reconnected', attempt: 2 }])
})

test('warnings and errors are shown on the terminal too, lesser ones not', () => {
  log.info('app', 'started')
  log.warn('client', 'reconnected', { attempt: 2 })
  log.error('window', 'gone')
  expect(terminal).toEqual([
    'flowscope warn: client: reconnected { attempt: 2 }',
    'flowscope error: window: gone'
  ])
})

test('a token that was given into its keeping is in no line, wherever it hides', () => {
  log.protect(TOKEN)
  const error = Object.assign(new Error(`refused ${TOKEN}`), { headers: { 'X-Auth-Token': TOKEN } })
  log.error('client', `failed with ${TOKEN}`, {
    error,
    url: `http://127.0.0.1/?t=${TOKEN}`,
    [TOKEN]: 1,
    nested: [{ deep: { text: `…${TOKEN}…` } }]
  })
  const written = readFileSync(file, 'utf8') + terminal.join('\n')
  expect(written).not.toContain(TOKEN)
  expect(written).toContain(MASK)
})

test('members and headers that carry a secret are masked by their name, also unknown ones', () => {
  log.warn('client', 'request', {
    headers: { 'X-Auth-Token': 'never-seen-before', Accept: '*/*' },
    body: [{ masterToken: 'a', tokenString: 'b', name: 'c' }]
  })
  expect(lines()[0]).toMatchObject({
    headers: { 'X-Auth-Token': MASK, Accept: '*/*' },
    body: [{ masterToken: MASK, tokenString: MASK, name: 'c' }]
  })
  expect(terminal.join()).not.toMatch(/never-seen-before/)
})

test('a full file is put aside once, so that two are the most there ever are', () => {
  const field = 'x'.repeat(1_048_576)
  for (let count = 0; count < 12; count += 1) log.info('app', 'much', { field })
  expect(statSync(file).size).toBeLessThanOrEqual(MAX_LOG_BYTES + 2 * field.length)
  expect(statSync(`${file}.1`).size).toBeGreaterThanOrEqual(MAX_LOG_BYTES)
})

test('answers to the window keep everything but the two secret members, and are not copied without need', () => {
  const clean = { ok: true, value: { id: 'i1', list: [1, { a: null }] } }
  expect(maskSecretMembers(clean)).toBe(clean)
  expect(maskSecretMembers({ value: [{ masterToken: TOKEN, token: 'a word' }] })).toEqual({
    value: [{ masterToken: MASK, token: 'a word' }]
  })
})
