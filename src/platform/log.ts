/**
 * Where the platform says what happens in it: pino in the processes that run it, nothing in most tests. Never
 * a token.
 */
export interface Log {
  readonly info: (fields: LogFields, event: string) => void
  readonly warn: (fields: LogFields, event: string) => void
  readonly error: (fields: LogFields, event: string) => void
}

export type LogFields = Readonly<Record<string, unknown>>

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
