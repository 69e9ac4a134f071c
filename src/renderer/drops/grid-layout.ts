import type { GridLayout } from '../../shared/ipc/grid-layout.ts'
import type { Column } from './table-columns.ts'

/** A column as the grid draws it. */
export interface ArrangedColumn extends Column {
  readonly isPinned: boolean
  /** The width that a person chose. */
  readonly widthPx: number | undefined
}

export const USUAL_LAYOUT: GridLayout = { order: [], hidden: [], shown: [], pinned: [], widths: [] }

/** Narrower, a column shows nothing; wider, it hides all others. */
const LEAST_WIDTH_PX = 40
const MOST_WIDTH_PX = 1600

/**
 * The columns that are shown, in their order: the pinned ones first. Columns that the layout does not know stand where they
 * usually do, after those that it does. `always` are shown whatever the layout says, before the others that are not pinned.
 */
export function arrangeColumns(
  columns: readonly Column[],
  layout: GridLayout,
  always: readonly string[] = []
): ArrangedColumn[] {
  const ordered = orderColumns(columns, layout)
    .filter(({ id, isExtra }) => always.includes(id) || isShown(id, isExtra, layout))
    .map((column) => ({
      ...column,
      isPinned: layout.pinned.includes(column.id),
      widthPx: layout.widths.find(({ columnId }) => columnId === column.id)?.widthPx
    }))
  const rank = ({ id, isPinned }: ArrangedColumn): number => (isPinned ? 0 : always.includes(id) ? 1 : 2)
  return [0, 1, 2].flatMap((wanted) => ordered.filter((column) => rank(column) === wanted))
}

/** All columns in the order of the layout, shown or not. */
export function orderColumns(columns: readonly Column[], { order }: GridLayout): Column[] {
  const placeOf = new Map(order.map((id, place) => [id, place]))
  const known = columns.filter(({ id }) => placeOf.has(id))
  known.sort((left, right) => (placeOf.get(left.id) ?? 0) - (placeOf.get(right.id) ?? 0))
  return [...known, ...columns.filter(({ id }) => !placeOf.has(id))]
}

export const isShown = (columnId: string, isExtra: boolean, { hidden, shown }: GridLayout): boolean =>
  isExtra ? shown.includes(columnId) : !hidden.includes(columnId)

/** Shows or hides a column. */
export function showColumn(layout: GridLayout, { id, isExtra }: Column, isWanted: boolean): GridLayout {
  const without = (ids: readonly string[]): string[] => ids.filter((other) => other !== id)
  const hidden = without(layout.hidden)
  const shown = without(layout.shown)
  return {
    ...layout,
    hidden: isWanted || isExtra ? hidden : [...hidden, id],
    shown: isWanted && isExtra ? [...shown, id] : shown
  }
}

export const pinColumn = (layout: GridLayout, columnId: string, isPinned: boolean): GridLayout => ({
  ...layout,
  pinned: isPinned
    ? [...layout.pinned.filter((id) => id !== columnId), columnId]
    : layout.pinned.filter((id) => id !== columnId)
})

/** Gives a column a width; undefined gives it the one of what it holds back. */
export function widenColumn(layout: GridLayout, columnId: string, widthPx: number | undefined): GridLayout {
  const widths = layout.widths.filter((width) => width.columnId !== columnId)
  if (widthPx === undefined) return { ...layout, widths }
  const bounded = Math.round(Math.min(MOST_WIDTH_PX, Math.max(LEAST_WIDTH_PX, widthPx)))
  return { ...layout, widths: [...widths, { columnId, widthPx: bounded }] }
}

/** Puts a column before another one; undefined puts it last. */
export function moveColumn(
  layout: GridLayout,
  columns: readonly Column[],
  columnId: string,
  beforeId: string | undefined
): GridLayout {
  if (columnId === beforeId) return layout
  const ids = orderColumns(columns, layout).map(({ id }) => id)
  const others = ids.filter((id) => id !== columnId)
  const place = beforeId === undefined ? others.length : others.indexOf(beforeId)
  if (place < 0 || !ids.includes(columnId)) return layout
  return { ...layout, order: [...others.slice(0, place), columnId, ...others.slice(place)] }
}

/** Moves a column by one among those that are shown and pinned alike; at the edge nothing changes. */
export function stepColumn(
  layout: GridLayout,
  columns: readonly Column[],
  shown: readonly ArrangedColumn[],
  columnId: string,
  step: 1 | -1
): GridLayout {
  const place = shown.findIndex(({ id }) => id === columnId)
  const neighbour = shown[place + step]
  if (place < 0 || neighbour === undefined || neighbour.isPinned !== shown[place]?.isPinned) return layout
  if (step === -1) return moveColumn(layout, columns, columnId, neighbour.id)
  return moveColumn(layout, columns, neighbour.id, columnId)
}
