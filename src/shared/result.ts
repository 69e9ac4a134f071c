import type { Failure } from './failure.ts'

/**
 * What every call across a boundary (IPC, client, worker) answers. Nothing is thrown across a boundary: Electron keeps
 * only the message of an error, and code must never branch on prose.
 */
export type Result<T> = Success<T> | Failed

export interface Success<T> {
  readonly ok: true
  readonly value: T
}

export interface Failed {
  readonly ok: false
  readonly failure: Failure
}

export const success = <T>(value: T): Success<T> => ({ ok: true, value })

export const failed = (failure: Failure): Failed => ({ ok: false, failure })
