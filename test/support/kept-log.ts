import type { Log } from '../../src/main/log.ts'
import { createScrubber } from '../../src/main/secrets.ts'

/** A log that keeps its lines for a test to look at. */
export interface KeptLog extends Log {
  readonly lines: { level: string; subsystem: string; phrase: string; fields: unknown }[]
  readonly secrets: string[]
}

export function createKeptLog(): KeptLog {
  const lines: KeptLog['lines'] = []
  const secrets: string[] = []
  const scrubber = createScrubber()
  const at =
    (level: string) =>
    (subsystem: string, phrase: string, fields: unknown = {}): void => {
      lines.push({ level, subsystem, phrase, fields })
    }
  return {
    lines,
    secrets,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    protect: (secret) => {
      secrets.push(secret)
      scrubber.protect(secret)
    },
    scrub: (text) => scrubber.scrub(text),
    close: () => {}
  }
}
