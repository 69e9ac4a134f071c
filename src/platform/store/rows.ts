import { parseJson } from '../../shared/wire/json.ts'
import type { Row, RowSource } from './query.ts'
import type { StoredDrop, StoredObject } from './store.ts'

/** A stored drop as a find looks at it: parsed only when somebody asks, and then once. */
export const dropRow = (drop: StoredDrop): Row => new LazyRow(drop.id, drop.text, drop.isPlain)

/** A stored object of another service as a find looks at it. */
export const objectRow = (object: StoredObject): Row => new LazyRow(object.id, object.text, true)

/** Rows that lie in memory in creation order. */
export function arrayRows(rows: readonly Row[]): RowSource {
  return function* (isAscending, skip) {
    for (let step = skip; step < rows.length; step++)
      yield rows[isAscending ? step : rows.length - 1 - step] as Row
  }
}

/** A row whose text is parsed when its value is first asked for. */
export class LazyRow implements Row {
  readonly id: string
  readonly text: string
  readonly isPlain: boolean
  private parsed: Readonly<Record<string, unknown>> | undefined

  constructor(id: string, text: string, isPlain: boolean) {
    this.id = id
    this.text = text
    this.isPlain = isPlain
  }

  get value(): Readonly<Record<string, unknown>> {
    this.parsed ??= parseJson(this.text) as Readonly<Record<string, unknown>>
    return this.parsed
  }
}
