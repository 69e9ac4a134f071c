import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemScheduler } from '../../../src/main/client/scheduler.ts'
import { createKeychainVault } from '../../../src/main/tokens/keychain-vault.ts'
import { createKeychain } from '../../../src/main/tokens/keychain.ts'
import type { Keychain } from '../../../src/main/tokens/keychain.ts'
import type { TokenVault } from '../../../src/main/tokens/token-vault.ts'
import type { VaultState } from '../../../src/shared/model/connection.ts'
import { createHandTurnedScheduler } from '../../support/hand-turned-scheduler.ts'
import { forkKeychain } from '../../support/keychain-child.ts'
import { createKeptLog } from '../../support/kept-log.ts'
import type { KeptLog } from '../../support/kept-log.ts'
import { canStartSecretService, noSecretService, startSecretService } from '../../support/secret-service.ts'
import type { SecretService } from '../../support/secret-service.ts'
import { until } from '../../support/until.ts'

const TOKEN = 'marked-token-0123456789abcdefghij'

let children: ChildProcess[]
let keychains: Keychain[]
let index: Set<string>
let log: KeptLog
let warned: VaultState[]
let told: VaultState[]

beforeEach(() => {
  children = []
  keychains = []
  index = new Set()
  log = createKeptLog()
  warned = []
  told = []
})
afterEach(() => {
  for (const keychain of keychains) keychain.close()
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
})

/** A vault of a fresh run: it knows what the index says and nothing else. */
function openVault(
  environment: Readonly<Record<string, string>>,
  { scheduler = systemScheduler, serviceName = 'Flowscope test' } = {}
): TokenVault {
  const keychain = createKeychain({
    fork: () => forkKeychain(environment, children),
    serviceName,
    scheduler
  })
  keychains.push(keychain)
  const vault = createKeychainVault({
    keychain,
    index: {
      isInKeychain: (id) => index.has(id),
      mark: (id, isIn) => {
        if (isIn) index.add(id)
        else index.delete(id)
      }
    },
    scheduler,
    log,
    warn: (state) => warned.push(state)
  })
  vault.onChanged((state) => {
    told.push(state)
  })
  return vault
}

describe('without a secret service', () => {
  test('a token is kept for the run, and the person is told once why', async () => {
    const none = noSecretService()
    const vault = openVault(none.environment)
    expect(await vault.write('c1', TOKEN)).toBe('this-run')
    expect(await vault.write('c2', TOKEN)).toBe('this-run')
    expect(vault.state).toMatchObject({ kind: 'this-run', reason: 'There is no keychain in this session.' })
    expect(warned).toEqual([vault.state])
    expect(vault.keepingOf('c1')).toBe('this-run')
    expect(await vault.read('c1')).toEqual({ ok: true, value: TOKEN })
    none.close()
  })

  test('a token that an earlier run gave to the keychain is a failure in words, not a missing token', async () => {
    const none = noSecretService()
    index.add('c1')
    const vault = openVault(none.environment)
    expect(await vault.read('c1')).toMatchObject({ ok: false, failure: { code: 'keychain/unavailable' } })
    expect(vault.keepingOf('c1')).toBe('keychain')
    none.close()
  })

  test('nothing is asked of the keychain before there is a token', async () => {
    const vault = openVault({})
    expect(await vault.read('c1')).toEqual({ ok: true, value: undefined })
    expect(await vault.forget('c1')).toEqual({ ok: true, value: null })
    expect(children).toEqual([])
  })
})

describe.runIf(canStartSecretService)('with a real secret service', () => {
  let service: SecretService
  beforeEach(async () => {
    service = await startSecretService()
  })
  afterEach(async () => {
    await service.close()
  })

  test('a token outlives the run, and is gone when it was forgotten', async () => {
    const first = openVault(service.environment)
    expect(await first.write('c1', TOKEN)).toBe('keychain')
    expect([first.state, warned]).toEqual([{ kind: 'keychain' }, []])
    await first.close()

    const second = openVault(service.environment)
    expect(second.keepingOf('c1')).toBe('keychain')
    expect(await second.read('c1')).toEqual({ ok: true, value: TOKEN })
    expect(await second.forget('c1')).toEqual({ ok: true, value: null })
    expect(second.keepingOf('c1')).toBe('none')
    await second.close()

    index.add('c1')
    expect(await openVault(service.environment).read('c1')).toEqual({ ok: true, value: undefined })
    expect(index.has('c1')).toBe(false)
  })

  test('profiles do not see each other’s tokens', async () => {
    await openVault(service.environment, { serviceName: 'Flowscope (/a)' }).write('c1', TOKEN)
    const other = openVault(service.environment, { serviceName: 'Flowscope (/b)' })
    expect(await other.read('c1')).toEqual({ ok: true, value: undefined })
  })

  test('a locked collection is told, and does not pass for one that holds nothing', async () => {
    await openVault(service.environment).write('c1', TOKEN)
    await service.lock()
    const vault = openVault(service.environment)
    expect(await vault.read('c1')).toMatchObject({
      ok: false,
      failure: { code: 'keychain/locked', retryable: true }
    })
    expect(vault.state).toMatchObject({ kind: 'this-run', reason: 'The keychain is locked.' })
    expect(index.has('c1')).toBe(true)
  })

  test('one that is locked between two reads is noticed', async () => {
    const vault = openVault(service.environment)
    await vault.write('c1', TOKEN)
    index.add('c2')
    await service.lock()
    expect(await vault.read('c2')).toMatchObject({ ok: false, failure: { code: 'keychain/locked' } })
    // What this run knows it still knows.
    expect(await vault.read('c1')).toEqual({ ok: true, value: TOKEN })
  })

  test('a token that was saved while it was locked moves there when it is unlocked', async () => {
    await service.lock()
    const vault = openVault(service.environment)
    expect(await vault.write('c1', TOKEN)).toBe('this-run')
    expect(warned).toHaveLength(1)
    await service.kill()
    await service.startKeyring()
    expect(await vault.check()).toEqual({ kind: 'keychain' })
    expect(vault.keepingOf('c1')).toBe('keychain')
    expect(told.at(-1)).toEqual({ kind: 'keychain' })
    await vault.close()
    expect(await openVault(service.environment).read('c1')).toEqual({ ok: true, value: TOKEN })
  })

  test('one that dies half-way costs nothing of this run', async () => {
    const vault = openVault(service.environment)
    await vault.write('c1', TOKEN)
    await service.kill()
    expect(await vault.read('c1')).toEqual({ ok: true, value: TOKEN })
    expect(await vault.write('c2', `${TOKEN}-2`)).toBe('this-run')
    expect(vault.state).toMatchObject({ kind: 'this-run' })
    expect(warned).toHaveLength(1)
    expect(await vault.forget('c1')).toMatchObject({ ok: false, failure: { code: 'keychain/unavailable' } })
    await service.startKeyring()
    expect(await vault.write('c3', `${TOKEN}-3`)).toBe('keychain')
    expect(vault.keepingOf('c2')).toBe('keychain')
  })

  test('one that hangs is waited for no longer than a person is patient, and a late answer counts', async () => {
    const scheduler = createHandTurnedScheduler()
    const vault = openVault(service.environment, { scheduler })
    service.freeze()
    const written = vault.write('c1', TOKEN)
    await until('the keychain is asked', () => children.length === 1)
    scheduler.advance(5000)
    expect(await written).toBe('this-run')
    expect(vault.state).toMatchObject({ kind: 'this-run', reason: 'The keychain does not answer.' })
    service.goOn()
    await until('the token is in the keychain', () => vault.keepingOf('c1') === 'keychain')
    expect(vault.state).toEqual({ kind: 'keychain' })
  })

  test('a process that hangs is ended, by its limit or with the app', async () => {
    const scheduler = createHandTurnedScheduler()
    const vault = openVault(service.environment, { scheduler })
    service.freeze()
    const checked = vault.check()
    await until('the keychain is asked', () => children.length === 1)
    scheduler.advance(60_000)
    expect(await checked).toMatchObject({ kind: 'this-run' })
    await until('its process is gone', () => children[0]?.signalCode === 'SIGTERM')
    void vault.check()
    await until('it is asked again', () => children.length === 2)
    await vault.close()
    await until('the second is gone', () => children[1]?.signalCode === 'SIGTERM')
    service.goOn()
  })

  test('no token is in the log, in the states or in an error', async () => {
    const vault = openVault(service.environment)
    await vault.write('c1', TOKEN)
    await service.lock()
    index.add('c2')
    const failed = await vault.read('c2')
    expect(JSON.stringify([log.lines, told, warned, failed])).not.toContain(TOKEN)
  })
})

test.runIf(canStartSecretService)('a bus without a keyring on it is no keychain', async () => {
  const service = await startSecretService({ withKeyring: false })
  const vault = openVault(service.environment)
  expect(await vault.check()).toMatchObject({
    kind: 'this-run',
    reason: 'There is no keychain in this session.'
  })
  await service.close()
})
