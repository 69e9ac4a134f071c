import type { TokenKeeping, VaultState } from '../../shared/model/connection.ts'
import type { Result } from '../../shared/result.ts'

/**
 * Where the tokens of connections are. They go in from the dialog or an import and come out to the client, the clipboard and
 * a dialog of the system: never to the window, a file or a log.
 */
export interface TokenVault {
  readonly state: VaultState
  /** Finds out whether tokens outlive the run, if that is not known yet. Never fails; may ask the person to unlock. */
  check(): Promise<VaultState>
  /** Where the token of a connection is, as far as known without asking the keychain. */
  keepingOf(connectionId: string): TokenKeeping
  /** The token; undefined when there is none. Fails while a keychain that may hold it does not answer. */
  read(connectionId: string): Promise<Result<string | undefined>>
  /** Keeps a token, for this run at least; answers where. */
  write(connectionId: string, apiToken: string): Promise<TokenKeeping>
  /** Forgets a token. What cannot be removed from the keychain now is told as a failure. */
  forget(connectionId: string): Promise<Result<null>>
  /** Calls back after the state, or the place of one token, changed. */
  onChanged(callback: (state: VaultState) => void): void
  close(): Promise<void>
}
