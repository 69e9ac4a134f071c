import type { ChartPoints } from '../charts/points.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import type { TableDrop } from './table-drop.ts'

/**
 * Values of drops over the time at which they were made, the earliest first: numbers as they are, dates in milliseconds since
 * the Unix epoch, NaN for anything else. Drops without a creation date are left out.
 */
export function tablePoints(
  drops: readonly TableDrop[],
  valuesOf: readonly ((drop: TableDrop) => unknown)[]
): ChartPoints {
  const dated = drops.flatMap((drop) =>
    typeof drop.creationDate === 'number' ? [{ drop, atMs: drop.creationDate }] : []
  )
  dated.sort((left, right) => left.atMs - right.atMs)
  return {
    atMs: Float64Array.from(dated, ({ atMs }) => atMs),
    columns: valuesOf.map((valueOf) => Float64Array.from(dated, ({ drop }) => pointValue(valueOf(drop))))
  }
}

function pointValue(value: unknown): number {
  const plain = isTypedValue(value) ? value.value : value
  return typeof plain === 'number' || typeof plain === 'bigint' ? Number(plain) : Number.NaN
}
