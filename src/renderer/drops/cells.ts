import { isTypedValue } from '../../shared/model/elements.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { formatMoment } from '../ui/moment.ts'
import type { TimeZone } from '../ui/moment.ts'

/** How a value looks in a cell: its colour, its side and how it sorts. */
export type CellKind =
  'none' | 'number' | 'date' | 'location' | 'boolean' | 'text' | 'list' | 'map' | 'reference'

export interface CellFormat {
  readonly timeZone: TimeZone
  readonly nowMs: number
  /** Digits after the point of the longest number of a column: shorter ones get spaces, so that the points line up. */
  readonly decimals?: number
}

/** The kind of an element's value, typed or plain; null and undefined are `none`. */
export function cellKind(value: unknown): CellKind {
  if (value === undefined || value === null) return 'none'
  if (isTypedValue(value)) {
    if (value.type === 'date' && typeof value.value === 'number') return 'date'
    if (value.type === 'location') return 'location'
    if (value.type === 'id' || value.type === 'dropRef') return 'reference'
    return cellKind(value.value)
  }
  if (isLocation(value)) return 'location'
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'string':
      return 'text'
    default:
      return Array.isArray(value) ? 'list' : 'map'
  }
}

/** The whole text of a cell; the caller cuts it. Numbers keep all their digits. */
export function cellText(value: unknown, format: CellFormat): string {
  const plain = isTypedValue(value) ? value.value : value
  switch (cellKind(value)) {
    case 'none':
      return ''
    case 'number':
      return formatNumber(plain as number | bigint, format.decimals)
    case 'date':
      return formatMoment(plain as number, format.timeZone, format.nowMs)
    case 'location':
      return isLocation(plain) ? `${String(plain.lat)}, ${String(plain.lon)}` : jsonText(plain)
    case 'boolean':
      return String(plain)
    case 'text':
      return plain as string
    case 'reference':
      return typeof plain === 'string' ? plain : jsonText(plain)
    case 'list':
    case 'map':
      return jsonText(plain)
  }
}

/** A platform of its own making may nest deeper than can be written here; its other cells shall still show. */
function jsonText(value: unknown): string {
  try {
    return writeJson(value)
  } catch (error) {
    if (error instanceof RangeError) return '(nested too deep to show)'
    throw error
  }
}

/** Digits after the point; more than `MAX_DECIMALS` or an exponent gives undefined: such a column is not aligned. */
export function decimalsOf(value: number | bigint): number | undefined {
  const text = String(value)
  if (text.includes('e')) return undefined
  const point = text.indexOf('.')
  const decimals = point < 0 ? 0 : text.length - point - 1
  return decimals > MAX_DECIMALS ? undefined : decimals
}

const MAX_DECIMALS = 6

/** The digits stay as they are: zeros behind the last one would claim a precision that nobody measured. */
function formatNumber(value: number | bigint, decimals: number | undefined): string {
  const text = String(value)
  const own = decimalsOf(value)
  if (decimals === undefined || decimals === 0 || own === undefined) return text
  return text + ' '.repeat(decimals - own + (own === 0 ? 1 : 0))
}

function isLocation(value: unknown): value is { lat: number; lon: number } {
  if (typeof value !== 'object' || value === null) return false
  const { lat, lon } = value as { lat?: unknown; lon?: unknown }
  if (typeof lat !== 'number' || typeof lon !== 'number') return false
  return Object.keys(value).every((name) => name === 'lat' || name === 'lon' || name === 'specifiers')
}
