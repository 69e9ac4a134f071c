import { randomBytes } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'

/** The letter before an id's hex digits (platform protocol, "Object ids"). */
export const ID_LETTERS = {
  flow: 'f',
  drop: 'd',
  identity: 'i',
  group: 'g',
  share: 's',
  token: 'k',
  track: 't',
  device: 'v',
  'api-task': 'q',
  mqtt: 'm',
  rss: 'r'
} as const

export type IdKind = keyof typeof ID_LETTERS

/**
 * Makes ids: a letter, 8 hex digits of Unix seconds, 10 of this process, 6 of a counter that restarts with
 * each second.
 */
export interface IdMint {
  /**
   * An id for an object that is made at `atMs`. Greater than `after`, when that is given: ids of one flow
   * sort in creation order even across restarts within a second.
   */
  readonly mint: (kind: IdKind, atMs: number, after?: string) => string
}

const MAX_COUNTER = 0xffffff

export function createIdMint(clock: Clock, processDigits: string = randomBytes(5).toString('hex')): IdMint {
  let second = Math.floor(clock.now() / 1000)
  let counter = 0
  return {
    mint: (kind, atMs, after) => {
      const atSecond = Math.floor(atMs / 1000)
      if (atSecond > second) {
        second = atSecond
        counter = 0
      }
      const digits = hex(atSecond, 8) + processDigits + hex(counter++ & MAX_COUNTER, 6)
      const id = ID_LETTERS[kind] + digits
      return after !== undefined && id <= after ? successor(after) : id
    }
  }
}

/** The id after `id`, its 24 digits read as one number. */
const successor = (id: string): string => id.slice(0, 1) + hex(BigInt(`0x${id.slice(1)}`) + 1n, 24)

const hex = (value: number | bigint, digits: number): string => value.toString(16).padStart(digits, '0')
