import { randomBytes } from 'node:crypto'
import { failure } from '../../shared/failure.ts'
import type { VaultState } from '../../shared/model/connection.ts'
import type { Failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Scheduler } from '../client/scheduler.ts'
import type { Log } from '../log.ts'
import type { Keychain, KeychainAnswer, KeychainProblem } from './keychain.ts'
import type { TokenVault } from './token-vault.ts'

export interface KeychainVaultParts {
  readonly keychain: Keychain
  /** Which tokens the keychain was given, kept from run to run. */
  readonly index: {
    isInKeychain(connectionId: string): boolean
    mark(connectionId: string, isInKeychain: boolean): void
  }
  readonly scheduler: Scheduler
  readonly log: Log
  /** Tells the person that a token was not kept beyond this run. */
  readonly warn: (state: Extract<VaultState, { kind: 'this-run' }>) => void
}

/** Nothing waits longer for a keychain; an answer that comes later still counts. */
const PATIENCE_MS = 5000
/** The account under which the keychain is tried. */
const PROBE = 'probe'
const SILENT: KeychainProblem = { kind: 'silent', reason: `No answer within ${String(PATIENCE_MS)} ms.` }

/**
 * Tokens in the keychain of the system. It is tried before it is trusted (set, get, delete), because a locked one answers
 * "there is none" to every question. While it does not work, tokens are kept for this run and the person is told; when it
 * works again, they move there.
 *
 * What was read or written in this run stays in memory, so that a keychain that dies half-way takes nothing with it.
 */
export function createKeychainVault(parts: KeychainVaultParts): TokenVault {
  return new KeychainVault(parts)
}

class KeychainVault implements TokenVault {
  readonly #parts: KeychainVaultParts
  readonly #tokens = new Map<string, string>()
  /** Those that the keychain does not hold. */
  readonly #unkept = new Set<string>()
  readonly #callbacks = new Set<(state: VaultState) => void>()
  #state: VaultState = { kind: 'checking' }
  /** Why the state is `this-run`. */
  #problem: KeychainProblem = SILENT
  #trial: Promise<VaultState> | undefined
  #hasWarned = false

  constructor(parts: KeychainVaultParts) {
    this.#parts = parts
  }

  get state(): VaultState {
    return this.#state
  }

  onChanged(callback: (state: VaultState) => void): void {
    this.#callbacks.add(callback)
  }

  async check(): Promise<VaultState> {
    if (this.#state.kind === 'keychain') return this.#state
    this.#trial ??= this.#try().finally(() => {
      this.#trial = undefined
    })
    const known = await within(PATIENCE_MS, this.#trial, this.#parts.scheduler)
    if (known !== undefined) return known
    // The trial goes on: a person may be typing a password.
    return this.#trial === undefined ? this.#state : this.#lost(SILENT)
  }

  keepingOf(connectionId: string): 'keychain' | 'this-run' | 'none' {
    if (this.#unkept.has(connectionId)) return 'this-run'
    return this.#parts.index.isInKeychain(connectionId) ? 'keychain' : 'none'
  }

  async read(connectionId: string): Promise<Result<string | undefined>> {
    const known = this.#tokens.get(connectionId)
    if (known !== undefined) return success(known)
    if (!this.#parts.index.isInKeychain(connectionId)) return success(undefined)
    const state = await this.check()
    if (state.kind !== 'keychain') return failed(this.#failure(UNREADABLE))
    const answer = await this.#patiently(this.#parts.keychain.get(connectionId))
    if (!answer.ok) return failed(this.#failure(UNREADABLE))
    if (answer.secret === undefined) {
      // A keychain that was locked since the trial says the same as one that holds nothing.
      const again = await this.#tryAgain()
      if (again.kind !== 'keychain') return failed(this.#failure(UNREADABLE))
      this.#mark(connectionId, false)
      return success(undefined)
    }
    this.#tokens.set(connectionId, answer.secret)
    return success(answer.secret)
  }

  async write(connectionId: string, apiToken: string): Promise<'keychain' | 'this-run'> {
    this.#tokens.set(connectionId, apiToken)
    this.#unkept.add(connectionId)
    const state = await this.check()
    if (state.kind === 'keychain') await this.#move(connectionId)
    if (!this.#unkept.has(connectionId)) return 'keychain'
    this.#warnOnce()
    this.#tell()
    return 'this-run'
  }

  async forget(connectionId: string): Promise<Result<null>> {
    this.#tokens.delete(connectionId)
    this.#unkept.delete(connectionId)
    if (!this.#parts.index.isInKeychain(connectionId)) {
      this.#tell()
      return success(null)
    }
    const state = await this.check()
    if (state.kind !== 'keychain') return failed(this.#failure(UNREMOVABLE))
    const answer = await this.#patiently(this.#parts.keychain.delete(connectionId))
    if (!answer.ok) return failed(this.#failure(UNREMOVABLE))
    this.#mark(connectionId, false)
    return success(null)
  }

  close(): Promise<void> {
    this.#callbacks.clear()
    this.#parts.keychain.close()
    return Promise.resolve()
  }

  /** Tries the keychain although it worked before. */
  #tryAgain(): Promise<VaultState> {
    if (this.#state.kind === 'keychain') this.#state = { kind: 'checking' }
    return this.check()
  }

  async #try(): Promise<VaultState> {
    const { keychain, log } = this.#parts
    const secret = randomBytes(16).toString('hex')
    const set = await keychain.set(PROBE, secret)
    const got = set.ok ? await keychain.get(PROBE) : set
    const deleted = got.ok ? await keychain.delete(PROBE) : got
    const problem: KeychainProblem | undefined = !deleted.ok
      ? deleted.problem
      : got.ok && got.secret !== secret
        ? { kind: 'failed', reason: 'It did not keep what it was given.' }
        : undefined
    if (problem !== undefined) return this.#lost(problem)
    log.info('tokens', 'keychain works')
    const state = this.#change({ kind: 'keychain' })
    for (const connectionId of [...this.#unkept]) await this.#move(connectionId)
    return state
  }

  /** Gives the keychain what it does not hold yet. */
  async #move(connectionId: string): Promise<void> {
    const apiToken = this.#tokens.get(connectionId)
    if (apiToken === undefined || !this.#unkept.has(connectionId)) return
    const { keychain } = this.#parts
    const kept = keychain.set(connectionId, apiToken)
    // Whenever it answers: what the keychain holds must be known, to be removed from it one day.
    void kept.then(async (answer) => {
      if (!answer.ok) return
      const current = this.#tokens.get(connectionId)
      if (current === apiToken) this.#unkept.delete(connectionId)
      this.#mark(connectionId, current !== undefined || !(await keychain.delete(connectionId)).ok)
    })
    await this.#patiently(kept)
  }

  /** An answer within the time that a person is patient; one that is no success makes the state `this-run`. */
  async #patiently(asked: Promise<KeychainAnswer>): Promise<KeychainAnswer> {
    const answer = (await within(PATIENCE_MS, asked, this.#parts.scheduler)) ?? { ok: false, problem: SILENT }
    if (!answer.ok) this.#lost(answer.problem)
    return answer
  }

  #mark(connectionId: string, isInKeychain: boolean): void {
    this.#parts.index.mark(connectionId, isInKeychain)
    this.#tell()
  }

  #lost(problem: KeychainProblem): VaultState {
    this.#parts.log.warn('tokens', 'keychain does not work', { ...problem })
    this.#problem = problem
    return this.#change(thisRun(problem))
  }

  #failure(what: string): Failure {
    const { reason, hint } = thisRun(this.#problem)
    const { kind } = this.#problem
    const code = kind === 'locked' || kind === 'silent' ? 'keychain/locked' : 'keychain/unavailable'
    return failure(code, { message: `${what} ${reason}`, hint })
  }

  #warnOnce(): void {
    if (this.#state.kind !== 'this-run' || this.#hasWarned) return
    this.#hasWarned = true
    this.#parts.warn(this.#state)
  }

  #change(state: VaultState): VaultState {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state)
    this.#state = state
    if (!isSame) this.#tell()
    return state
  }

  #tell(): void {
    for (const callback of [...this.#callbacks]) callback(this.#state)
  }
}

/** What a person is told of a keychain that does not work. */
function thisRun({ kind, reason }: KeychainProblem): Extract<VaultState, { kind: 'this-run' }> {
  switch (kind) {
    case 'absent':
      return {
        kind: 'this-run',
        reason: 'There is no keychain in this session.',
        hint: 'Install and start one, such as gnome-keyring or KWallet (with libsecret), to keep tokens from run to run.'
      }
    case 'locked':
      return {
        kind: 'this-run',
        reason: 'The keychain is locked.',
        hint: 'Unlock it, then save the token again or open the connection again.'
      }
    case 'silent':
      return {
        kind: 'this-run',
        reason: 'The keychain does not answer.',
        hint: 'It may be waiting for its password; tokens move there when it answers.'
      }
    case 'failed':
      return {
        kind: 'this-run',
        reason: `The keychain does not work (${reason}).`,
        hint: 'The log holds its own words.'
      }
  }
}

const UNREADABLE = 'The token of this connection cannot be read.'
const UNREMOVABLE = 'The token of this connection cannot be removed from the keychain.'

/** What `work` answers if it does so in time. */
async function within<T>(limitMs: number, work: Promise<T>, scheduler: Scheduler): Promise<T | undefined> {
  let cancel: () => void = () => {}
  const limit = new Promise<undefined>((resolve) => {
    cancel = scheduler.after(limitMs, () => {
      resolve(undefined)
    })
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    cancel()
  }
}
