import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { inspect } from 'node:util'
import pino from 'pino'
import { createScrubber, redactSecretNames } from './secrets.ts'

/** The log of the main process: `log.info('client', 'reconnected', { attempt, waitedMs })`. */
export interface Log {
  readonly debug: LogLine
  /** For what changes. */
  readonly info: LogLine
  /** For what healed. */
  readonly warn: LogLine
  /** For what the user will notice. */
  readonly error: LogLine
  /** Removes this secret from every line from here on. */
  protect(secret: string): void
  /** A text without the secrets that are protected, for what leaves main by another way than the log. */
  scrub(text: string): string
  close(): void
}

/** A short stable phrase, and fields. Never the content of a drop above debug. */
export type LogLine = (subsystem: string, phrase: string, fields?: Readonly<Record<string, unknown>>) => void

export interface LogOptions {
  readonly file: string
  readonly level?: 'debug' | 'info'
  /** Where warnings and errors are shown as well. */
  readonly writeToTerminal?: (line: string) => void
}

/** Two files of this size: enough to look back over weeks of ordinary use, little on any disk. */
export const MAX_LOG_BYTES = 5 * 1_048_576

/**
 * Opens the log: JSON lines in `file`, written before the call returns, so that the last line before a crash is there. A
 * full file becomes `file.1` and the one before it goes. Warnings and errors also go to the terminal.
 */
export function openLog({ file, level = 'info', writeToTerminal = writeToStderr }: LogOptions): Log {
  const output = openRotatingFile(file)
  const scrubber = createScrubber()
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void output.write(scrubber.scrub(line)) }
  )
  const line =
    (kind: 'debug' | 'info' | 'warn' | 'error'): LogLine =>
    (subsystem, phrase, fields = {}) => {
      const safe = redactSecretNames(plainFields(fields)) as Record<string, unknown>
      logger[kind]({ subsystem, ...safe }, phrase)
      if (kind === 'warn' || kind === 'error') {
        const detail = Object.keys(safe).length === 0 ? '' : ` ${inspect(safe, { breakLength: Infinity })}`
        writeToTerminal(scrubber.scrub(`flowscope ${kind}: ${subsystem}: ${phrase}${detail}`))
      }
    }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    protect: (secret) => {
      scrubber.protect(secret)
    },
    scrub: (text) => scrubber.scrub(text),
    close: () => {
      output.close()
    }
  }
}

/** Errors become plain fields: their own enumerable members may hold request options with headers. */
const plainFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value
    ])
  )

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

interface RotatingFile {
  write(text: string): void
  close(): void
}

function openRotatingFile(file: string): RotatingFile {
  let descriptor = openSync(file, 'a', 0o600)
  let sizeBytes = statSync(file).size
  let isOpen = true
  return {
    write: (text) => {
      if (!isOpen) return
      if (sizeBytes >= MAX_LOG_BYTES) {
        closeSync(descriptor)
        renameSync(file, `${file}.1`)
        descriptor = openSync(file, 'a', 0o600)
        sizeBytes = 0
      }
      try {
        sizeBytes += writeSync(descriptor, text)
      } catch {
        // A full disk must not end the app: its log is not worth more than its user's work.
      }
    },
    close: () => {
      if (isOpen) closeSync(descriptor)
      isOpen = false
    }
  }
}
