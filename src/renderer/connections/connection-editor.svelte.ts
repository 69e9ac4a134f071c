import type { Failure } from '../../shared/failure.ts'
import type { ConnectionDiagnosis } from '../../shared/model/connection-diagnosis.ts'
import type { ConnectionDefaults, ConnectionProfile } from '../../shared/model/connection-profile.ts'
import type { Connection, TokenKeeping } from '../../shared/model/connection.ts'
import { checkProfile, resolveProfile } from '../../shared/model/profile-check.ts'
import type { ProfileProblem } from '../../shared/model/profile-check.ts'
import type { Explorer } from '../bridge.ts'
import type { NamedValue } from '../ui/named-value.ts'
import type { Connections } from './connections.svelte.ts'

export type DiagnosisPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'known'; readonly diagnosis: ConnectionDiagnosis }
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface ConnectionEditorParts {
  readonly explorer: Explorer
  readonly connections: Connections
  /** Undefined for a connection that is not kept yet. */
  readonly connectionId: string | undefined
  readonly profile: ConnectionProfile
  readonly saved: (connection: Connection) => void
}

/** What stands in the dialog of a connection. A token that is typed stays here until it is saved, and is shown to nobody. */
export class ConnectionEditor {
  readonly connectionId: string | undefined
  readonly #parts: ConnectionEditorParts
  #profile = $state.raw<ConnectionProfile>() as ConnectionProfile
  #rows = $state.raw<readonly NamedValue[]>([])
  #apiToken = $state('')
  #isReplacing = $state(false)
  #told = $state.raw<readonly (keyof ConnectionProfile)[]>([])
  #isTellingAll = $state(false)
  #diagnosis = $state.raw<DiagnosisPhase>({ kind: 'idle' })
  #failure = $state.raw<Failure | undefined>(undefined)
  #isSaving = $state(false)
  readonly #start: string

  constructor(parts: ConnectionEditorParts) {
    this.#parts = parts
    this.connectionId = parts.connectionId
    this.#profile = parts.profile
    this.#rows = parts.profile.parameters.map(({ name, value }, index) => ({
      id: String(index),
      name,
      value,
      isOn: true
    }))
    this.#start = JSON.stringify(this.profile)
  }

  /** As it would be saved. */
  get profile(): ConnectionProfile {
    const parameters = this.#rows
      .filter(({ name, value }) => name !== '' || value !== '')
      .map(({ name, value }) => ({ name, value }))
    return { ...this.#profile, parameters }
  }

  get rows(): readonly NamedValue[] {
    return this.#rows
  }

  set rows(rows: readonly NamedValue[]) {
    this.#rows = rows
    this.#touched()
  }

  get defaults(): ConnectionDefaults {
    return this.#parts.connections.defaults
  }

  /** What the connection comes to with the defaults. */
  get resolved() {
    return resolveProfile(this.profile, this.defaults)
  }

  change(change: Partial<ConnectionProfile>): void {
    this.#profile = { ...this.#profile, ...change }
    this.#touched()
  }

  /** A field was left: from here on its problem is told. */
  left(member: keyof ConnectionProfile): void {
    this.#told = [...this.#told, member]
  }

  get apiToken(): string {
    return this.#apiToken
  }

  set apiToken(text: string) {
    this.#apiToken = text
    this.#diagnosis = { kind: 'idle' }
  }

  /** Where the token is that is kept; `none` for a connection without one. */
  get tokenKeeping(): TokenKeeping {
    const { connections, connectionId } = this.#parts
    return connections.profiles.find((kept) => kept.connectionId === connectionId)?.tokenKeeping ?? 'none'
  }

  /** Whether another token is being typed in place of the kept one. */
  get isReplacing(): boolean {
    return this.#isReplacing || this.tokenKeeping === 'none'
  }

  replaceToken(isReplacing: boolean): void {
    this.#isReplacing = isReplacing
    if (!isReplacing) this.#apiToken = ''
  }

  /** What is to be said beside a field: errors once it was left, warnings at once. */
  problemOf(member: keyof ConnectionProfile): ProfileProblem | undefined {
    return this.#problems.find(
      (problem) =>
        problem.member === member &&
        (problem.severity === 'warning' || this.#isTellingAll || this.#told.includes(member))
    )
  }

  get #problems(): readonly ProfileProblem[] {
    return checkProfile(this.profile, this.defaults)
  }

  get isChanged(): boolean {
    return JSON.stringify(this.profile) !== this.#start || this.#apiToken !== ''
  }

  get isSaving(): boolean {
    return this.#isSaving
  }

  /** Why it could not be saved, or why a verb on its token failed. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  get diagnosis(): DiagnosisPhase {
    return this.#diagnosis
  }

  /** Tries what stands in the fields; nothing is kept. */
  async test(): Promise<void> {
    if (!this.#isSound() || this.#diagnosis.kind === 'running') return
    this.#diagnosis = { kind: 'running' }
    const result = await this.#parts.explorer.testConnection({
      profile: copyOf(this.profile),
      ...(this.connectionId === undefined ? {} : { connectionId: this.connectionId }),
      ...(this.#apiToken === '' ? {} : { apiToken: this.#apiToken })
    })
    this.#diagnosis = result.ok
      ? { kind: 'known', diagnosis: result.value }
      : { kind: 'failed', failure: result.failure }
  }

  async save(): Promise<void> {
    if (!this.#isSound() || this.#isSaving) return
    this.#isSaving = true
    const { explorer, connections, saved } = this.#parts
    const result = await explorer.saveConnection({
      profile: copyOf(this.profile),
      ...(this.connectionId === undefined ? {} : { connectionId: this.connectionId }),
      ...(this.#apiToken === '' ? {} : { apiToken: this.#apiToken })
    })
    if (result.ok) {
      // It is where it belongs: no copy stays in the window.
      this.#apiToken = ''
      await connections.readProfiles()
      await connections.read()
    }
    this.#isSaving = false
    this.#failure = result.ok ? undefined : result.failure
    if (result.ok) saved(result.value)
  }

  /** Puts the kept token on the clipboard; main does it. */
  async copyToken(): Promise<void> {
    if (this.connectionId === undefined) return
    const result = await this.#parts.explorer.copyToken({ connectionId: this.connectionId })
    this.#failure = result.ok ? undefined : result.failure
  }

  /** Shows the kept token in a dialog of the system, after a question; it does not come to the window. */
  async revealToken(): Promise<void> {
    if (this.connectionId === undefined) return
    const result = await this.#parts.explorer.revealToken({ connectionId: this.connectionId })
    this.#failure = result.ok ? undefined : result.failure
  }

  /** Whether nothing is wrong with the fields; from here on all problems are told. */
  #isSound(): boolean {
    this.#isTellingAll = true
    return this.#problems.every(({ severity }) => severity !== 'error')
  }

  #touched(): void {
    this.#diagnosis = { kind: 'idle' }
    this.#failure = undefined
  }
}

/** As the contract takes it: lists that may be written to. */
const copyOf = (profile: ConnectionProfile) => ({
  ...profile,
  parameters: profile.parameters.map(({ name, value }) => ({ name, value }))
})
