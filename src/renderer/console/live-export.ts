import { assertNever } from '../../shared/failure.ts'
import type { LiveMarker } from '../../shared/ipc/live-port.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import { csvLine } from '../ui/csv-line.ts'
import { readDrop } from './drop-judge.ts'
import type { LiveFeed } from './live-feed.ts'
import { describeMarker } from './marker-text.ts'

export type LiveExportFormat = 'json' | 'ndjson' | 'csv'

/** A piece of the file, and how much of the stream it holds. */
export interface LiveExportPiece {
  readonly text: string
  readonly drops: number
  readonly isLast: boolean
}

/** A piece crosses to main as one request: their answers and inputs stay below 256 KiB. */
const PIECE_CHARACTERS = 160_000
/** More different elements than this make no table that anybody could read; the rest of a drop is in its JSON forms. */
const MAX_COLUMNS = 500
const FIRST_COLUMNS = ['received', 'connection', 'path', 'event', 'id', 'created']

/**
 * The text of a file that holds the stream in the order in which it was received, the oldest first: a line a drop with its receive time, and a
 * line for each gap, skip and loss. Pieces are made when they are asked for; what left the ring meanwhile is left out and
 * counted.
 */
export class LiveExport {
  readonly #feed: LiveFeed
  readonly #sequences: readonly number[]
  readonly #format: LiveExportFormat
  #columns: readonly string[] | undefined
  #place = 0
  #isStarted = false
  #isFirstLine = true
  /** Entries that left before they could be written. */
  lostEntries = 0

  constructor(feed: LiveFeed, sequences: readonly number[], format: LiveExportFormat) {
    this.#feed = feed
    this.#sequences = sequences
    this.#format = format
  }

  /** For a table: which elements there are. To be run to its end before the first piece. */
  *findColumns(): Generator<void, void> {
    if (this.#format !== 'csv') return
    const names = new Set<string>()
    for (const sequence of this.#sequences) {
      const text = this.#feed.ring.textAt(sequence)
      const { elems } = (text === undefined ? {} : (readDrop(text) ?? {})) as { elems?: object }
      for (const name of Object.keys(elems ?? {})) if (names.size < MAX_COLUMNS) names.add(name)
      yield
    }
    this.#columns = [...names]
  }

  next(): LiveExportPiece {
    let text = this.#isStarted ? '' : this.#start()
    this.#isStarted = true
    let drops = 0
    while (this.#place < this.#sequences.length && text.length < PIECE_CHARACTERS) {
      const sequence = this.#sequences[this.#place] ?? 0
      this.#place += 1
      const line = this.#line(sequence)
      if (line === undefined) {
        this.lostEntries += 1
        continue
      }
      if (this.#feed.ring.isDropAt(sequence)) drops += 1
      text += this.#separated(line)
    }
    const isLast = this.#place >= this.#sequences.length
    if (isLast && this.#format === 'json') text += '\n]\n'
    return { text, drops, isLast }
  }

  #start(): string {
    if (this.#format === 'json') return '['
    return this.#format === 'csv' ? csvLine([...FIRST_COLUMNS, ...(this.#columns ?? [])]) : ''
  }

  #separated(line: string): string {
    if (this.#format !== 'json') return line
    const separator = this.#isFirstLine ? '\n' : ',\n'
    this.#isFirstLine = false
    return separator + line
  }

  #line(sequence: number): string | undefined {
    const entry = this.#feed.ring.at(sequence)
    if (entry === undefined) return undefined
    const isTable = this.#format === 'csv'
    if (entry.kind === 'marker')
      return isTable ? this.#markerCells(entry.marker) : this.#ended(writeJson(entry.marker))
    const { connectionId, path } = this.#feed.subscriptionOf(entry.subscriptionId)
    const { receivedAtMs, text } = entry
    if (isTable) return this.#dropCells(text, receivedAtMs, connectionId, path)
    const head = JSON.stringify({ kind: 'drop', receivedAtMs, connectionId, path }).slice(0, -1)
    return this.#ended(`${head},"drop":${onOneLine(text)}}`)
  }

  #ended(line: string): string {
    return this.#format === 'ndjson' ? `${line}\n` : line
  }

  #dropCells(text: string, receivedAtMs: number, connectionId: string, path: string): string {
    const { id, creationDate, elems } = (readDrop(text) ?? {}) as {
      id?: unknown
      creationDate?: unknown
      elems?: Readonly<Record<string, unknown>>
    }
    return csvLine([
      isoTime(receivedAtMs),
      connectionId,
      path,
      'drop',
      typeof id === 'string' ? id : '',
      typeof creationDate === 'number' ? isoTime(creationDate) : '',
      ...(this.#columns ?? []).map((name) =>
        cellOf(elems !== undefined && Object.hasOwn(elems, name) ? elems[name] : undefined)
      )
    ])
  }

  #markerCells(marker: LiveMarker): string {
    const subscription =
      marker.kind === 'connection-lost' ? undefined : this.#feed.subscriptionOf(marker.subscriptionId)
    const connectionId =
      marker.kind === 'connection-lost' ? marker.connectionId : (subscription?.connectionId ?? '')
    const { text } = describeMarker(marker, subscription)
    return csvLine([
      isoTime(marker.atMs),
      connectionId,
      subscription?.path ?? '',
      `${eventOf(marker)}: ${text}`,
      '',
      ''
    ])
  }
}

function eventOf(marker: LiveMarker): string {
  switch (marker.kind) {
    case 'subscribed':
    case 'unsubscribed':
    case 'renamed':
    case 'connection-lost':
    case 'gap':
    case 'skipped':
      return marker.kind
    default:
      return assertNever(marker)
  }
}

/** A platform may lay its JSON out over lines; a line of the file is one drop. */
const onOneLine = (text: string): string => {
  if (!text.includes('\n')) return text
  try {
    return writeJson(parseJson(text))
  } catch {
    return JSON.stringify(text)
  }
}

function cellOf(value: unknown): string {
  const plain = isTypedValue(value) ? value.value : value
  if (plain === undefined || plain === null) return ''
  return typeof plain === 'object' ? writeJson(plain) : String(plain as string | number | bigint | boolean)
}

function isoTime(atMs: number): string {
  const date = new Date(atMs)
  return Number.isNaN(date.getTime()) ? String(atMs) : date.toISOString()
}
