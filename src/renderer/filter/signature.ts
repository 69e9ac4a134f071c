import { languageEntry, situationAt } from '../../shared/filter/index.ts'

/** How the piece at the cursor is used, and which part of it comes now. */
export interface Signature {
  /** `member WITHIN number unit OF [lat, lon]`. */
  readonly label: string
  readonly summary: string
  /** The part of `label` that is being written. */
  readonly part: readonly [start: number, end: number]
}

/**
 * The signature of what is being written at an offset, for what has parts to remember: WITHIN, %, lists, patterns, HAS,
 * EXISTS and AGE. Undefined elsewhere: a plain comparison needs no help at every key.
 */
export function signatureAt(text: string, offset: number): Signature | undefined {
  const found = entryAt(text, offset)
  const entry = found === undefined ? undefined : languageEntry(found.name)
  if (found === undefined || entry === undefined) return undefined
  const start = entry.signature.lastIndexOf(found.part)
  return {
    label: entry.signature,
    summary: entry.summary,
    part: start < 0 ? [0, 0] : [start, start + found.part.length]
  }
}

function entryAt(text: string, offset: number): { readonly name: string; readonly part: string } | undefined {
  const situation = situationAt(text, offset)
  switch (situation.kind) {
    case 'unit':
      return { name: 'WITHIN', part: 'unit' }
    case 'of':
      return { name: 'WITHIN', part: 'OF' }
    case 'place':
      return { name: 'WITHIN', part: '[lat, lon]' }
    case 'list-start':
      return { name: situation.operator, part: '[value, …]' }
    case 'value':
      return situation.isInList ? { name: situation.operator, part: '[value, …]' } : undefined
    case 'regex':
      return { name: situation.member === undefined ? 'MATCHES' : '=~', part: '/pattern/flags' }
    case 'type':
      return { name: 'HAS', part: 'type' }
    case 'member':
      return { name: situation.after, part: 'member' }
    case 'comparison':
      return { name: situation.after === 'AGE' ? 'AGE' : '%', part: '==' }
    case 'number':
      return NUMBERS[situation.of]
    default:
      return undefined
  }
}

const NUMBERS = {
  distance: { name: 'WITHIN', part: 'number unit' },
  divisor: { name: '%', part: 'number ==' },
  remainder: { name: '%', part: 'number' },
  age: { name: 'AGE', part: 'ms' },
  date: { name: 'Date', part: 'ms' }
} as const
