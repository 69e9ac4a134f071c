import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectionHandlers } from '../../../src/main/ipc/connection-handlers.ts'
import { failure } from '../../../src/shared/failure.ts'
import { EMPTY_PROFILE } from '../../../src/shared/model/connection-profile.ts'
import { failed, success } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'
import { startTestPlatform, TEST_TOKEN } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { createMemoryKeychain } from '../../support/memory-keychain.ts'
import { openTestConnections, profileAt } from '../../support/opened-connections.ts'
import type { TestConnections } from '../../support/opened-connections.ts'
import { valueOf } from '../../support/value-of.ts'

const OTHER_TOKEN = 'another-token-0123456789abcdefgh'

let directory: string
let platform: TestPlatform
let opened: TestConnections
/** What the person at the dialogs of the system does, and what was shown and copied. */
let chosenFile: Result<string> | undefined
let saved: string[]
let clipboard: string[]
let revealed: unknown[]
let environment: Record<string, string>

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-handlers-'))
  platform = await startTestPlatform()
  opened = openTestConnections(directory, createMemoryKeychain())
  chosenFile = undefined
  saved = []
  clipboard = []
  revealed = []
  environment = {}
})
afterEach(async () => {
  await opened.close()
  await platform.close()
  rmSync(directory, { recursive: true, force: true })
})

const handlers = () =>
  connectionHandlers({
    ...opened,
    localPlatform: {
      restart: () => {},
      readReplay: () => Promise.resolve(failed(failure('local-platform/failed'))),
      changeReplay: () => Promise.resolve(failed(failure('local-platform/failed')))
    },
    desktop: {
      writeClipboard: (text) => clipboard.push(text),
      saveFile: (name, content) => {
        saved.push(content)
        return Promise.resolve(success(`/home/ana/${name}`))
      },
      openTextFile: () => Promise.resolve(chosenFile),
      revealSecret: (shown) => {
        revealed.push(shown)
        return Promise.resolve(true)
      }
    },
    environment
  })

const vcap = (...entries: readonly { name?: string; account: string; token: string }[]): string =>
  JSON.stringify({
    flowthings: entries.map(({ name, ...credentials }) => ({ ...(name && { name }), credentials }))
  })

test('a profile is tried without being kept, with the token that was typed', async () => {
  const profile = { ...profileAt(platform.host), name: '' }
  const tried = await handlers().testConnection({ profile, apiToken: ` ${TEST_TOKEN} ` })
  expect(valueOf(tried).isUsable).toBe(true)
  expect(opened.kept.profiles()).toEqual([])
})

test('a kept one is tried with its kept token, changed or not', async () => {
  const { id: connectionId } = valueOf(
    await opened.kept.save({ profile: profileAt(platform.host), apiToken: TEST_TOKEN })
  )
  expect(valueOf(await handlers().testConnection({ connectionId })).isUsable).toBe(true)
  const elsewhere = profileAt(platform.host, { account: 'ben' })
  const tried = valueOf(await handlers().testConnection({ connectionId, profile: elsewhere }))
  expect(tried.steps.find(({ state }) => state === 'failed')?.kind).toBe('account')
})

test.each([
  ['no token', { profile: profileAt('127.0.0.1:1') }, 'Without a token'],
  ['no profile', { connectionId: 'gone' }, 'no such connection'],
  ['a profile that cannot be', { profile: profileAt('http://x'), apiToken: 'x' }, 'Leave out http://'],
  ['a token that cannot be', { profile: profileAt('127.0.0.1:1'), apiToken: 'a b' }, 'no spaces']
])('nothing is tried with %s', async (_words, input, words) => {
  const tried = await handlers().testConnection(input)
  expect(tried.ok ? '' : tried.failure.message).toContain(words)
})

test('a trial without TLS to another machine says what that means', async () => {
  // No address of this machine by its looks, and yet nothing leaves it.
  const tried = await handlers().testConnection({ profile: profileAt('0.0.0.0:1'), apiToken: TEST_TOKEN })
  const tls = valueOf(tried).steps.find(({ kind }) => kind === 'tls')
  expect(tls?.hint).toContain('unencrypted')
})

test.each(['text', 'file', 'environment'] as const)(
  'credentials of VCAP_SERVICES come from a %s, and no answer holds their tokens',
  async (kind) => {
    const text = vcap(
      { name: 'plant', account: 'ana', token: TEST_TOKEN },
      { account: 'ben', token: OTHER_TOKEN }
    )
    chosenFile = success(text)
    environment = { VCAP_SERVICES: text }
    await opened.kept.changeDefaults({ isSecure: false })
    const source = kind === 'text' ? { kind, text } : { kind }
    const imported = await handlers().importVcapServices({ source, host: platform.host })
    const { connectionIds, leftOut } = valueOf(imported)
    expect([connectionIds.length, leftOut]).toEqual([2, []])
    expect(opened.kept.profiles().map(({ profile }) => [profile.name, profile.account])).toEqual([
      ['plant', 'ana'],
      ['ben', 'ben']
    ])
    expect(valueOf(await opened.kept.open(connectionIds[0] ?? '')).status.kind).toBe('connected')
    expect(JSON.stringify([imported, handlers().listProfiles(undefined), opened.events])).not.toMatch(
      new RegExp(`${TEST_TOKEN}|${OTHER_TOKEN}`)
    )
    expect(opened.log.secrets).toEqual(expect.arrayContaining([TEST_TOKEN, OTHER_TOKEN]))
  }
)

test('what cannot be imported is told, and what can be is', async () => {
  const text = vcap({ account: 'ana', token: TEST_TOKEN }, { account: 'b n', token: OTHER_TOKEN })
  const first = valueOf(
    await handlers().importVcapServices({ source: { kind: 'text', text }, host: platform.host })
  )
  expect([first.connectionIds.length, first.leftOut.map(({ name }) => name)]).toEqual([1, ['b n']])
  const again = valueOf(
    await handlers().importVcapServices({ source: { kind: 'text', text }, host: platform.host })
  )
  expect(again.leftOut[0]).toEqual({ name: 'ana', reason: 'It is there already.' })
  const nowhere = valueOf(await handlers().importVcapServices({ source: { kind: 'text', text } }))
  expect(nowhere.leftOut[0]?.reason).toContain('needs a server')
})

test('an import without a text is told in words, or is nobody’s wish', async () => {
  expect(await handlers().importVcapServices({ source: { kind: 'environment' } })).toMatchObject({
    ok: false
  })
  expect(valueOf(await handlers().importVcapServices({ source: { kind: 'file' } }))).toEqual({
    wasCancelled: true,
    connectionIds: [],
    leftOut: []
  })
  chosenFile = success('{"flowthings": 7}')
  for (const wrong of [
    await handlers().importVcapServices({ source: { kind: 'file' } }),
    await handlers().importConnections(undefined)
  ]) {
    expect(wrong).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
  }
})

test('an export holds every profile and no secret, and comes back as it was', async () => {
  const profile = profileAt(platform.host, {
    colour: 4,
    environment: 'test',
    isReadOnly: true,
    parameters: [{ name: 'hints', value: '1' }]
  })
  const { id } = valueOf(await opened.kept.save({ profile, apiToken: TEST_TOKEN }))
  expect(await handlers().exportConnections(undefined)).toEqual({
    ok: true,
    value: { filePath: '/home/ana/flowscope-connections.json', connections: 1 }
  })
  expect(saved[0]).not.toContain(TEST_TOKEN)
  expect(saved[0]).not.toContain(id)
  await opened.kept.remove(id)

  chosenFile = success(saved[0] ?? '')
  expect(valueOf(await handlers().importConnections(undefined)).connectionIds).toHaveLength(1)
  expect(opened.kept.profiles()).toMatchObject([{ profile, tokenKeeping: 'none' }])
})

test('of a file with strange profiles the others are imported', async () => {
  const connections = [7, { ...EMPTY_PROFILE, name: 'Odd', apiToken: 'x' }, profileAt(platform.host)]
  chosenFile = success(JSON.stringify({ format: 'flowscope-connections', connections }))
  const { connectionIds, leftOut } = valueOf(await handlers().importConnections(undefined))
  expect(connectionIds).toHaveLength(1)
  expect(leftOut.map(({ name }) => name)).toEqual(['number 1', 'Odd'])
  expect(leftOut[1]?.reason).toContain('apiToken')
})

test('a token is copied and shown by main alone', async () => {
  const { id: connectionId } = valueOf(
    await opened.kept.save({ profile: profileAt(platform.host), apiToken: TEST_TOKEN })
  )
  expect(await handlers().copyToken({ connectionId })).toEqual({ ok: true, value: null })
  expect(await handlers().revealToken({ connectionId })).toEqual({ ok: true, value: { wasShown: true } })
  expect(clipboard).toEqual([TEST_TOKEN])
  expect(revealed).toEqual([
    { title: 'Token of Plant', question: 'Show the token of Plant?', secret: TEST_TOKEN }
  ])
  expect(await handlers().copyToken({ connectionId: 'gone' })).toMatchObject({ ok: false })
})

test('the vault tells where tokens go, and defaults can be read and changed', async () => {
  expect(await handlers().readVault(undefined)).toEqual({ ok: true, value: { kind: 'keychain' } })
  expect(valueOf(await handlers().changeConnectionDefaults({ concurrency: 4 })).concurrency).toBe(4)
  expect(valueOf(await handlers().readConnectionDefaults(undefined)).concurrency).toBe(4)
})

test('a hostile text of VCAP_SERVICES is refused, or told in a few words', async () => {
  const take = (text: string) => handlers().importVcapServices({ source: { kind: 'text', text } })
  const many = Array.from({ length: 201 }, (_, index) => ({
    account: `a${String(index)}`,
    token: TEST_TOKEN
  }))
  for (const text of [
    vcap(...many),
    '['.repeat(200_000),
    '{"flowthings":'.repeat(15_000),
    '\u0000',
    '"flowthings"'
  ]) {
    const answer = await take(text)
    expect(answer).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
    expect(JSON.stringify(answer).length).toBeLessThan(1000)
    expect(JSON.stringify(answer)).not.toContain(TEST_TOKEN)
  }
  const long = valueOf(await take(vcap({ name: 'n'.repeat(200_000), account: 'ana', token: TEST_TOKEN })))
  expect(long.connectionIds).toEqual([])
  expect(JSON.stringify(long).length).toBeLessThan(1000)
})
