import type { PlaceRange } from './drop-table.ts'

/**
 * The chosen rows of a long list, by place: ranges, so that choosing all of 100,000 costs as much as choosing one. Places mean
 * something only while the list keeps its order: whoever changes it clears the selection.
 */
export class RowSelection {
  #ranges = $state.raw<readonly PlaceRange[]>([])
  /** Where the last choice was made: Shift chooses from here. */
  #anchor = 0

  get ranges(): readonly PlaceRange[] {
    return this.#ranges
  }

  readonly count: number = $derived(this.#ranges.reduce((sum, { from, to }) => sum + to - from, 0))

  has(place: number): boolean {
    return this.#ranges.some(({ from, to }) => place >= from && place < to)
  }

  clear(anchor = this.#anchor): void {
    this.#ranges = []
    this.#anchor = anchor
  }

  only(place: number): void {
    this.#anchor = place
    this.#ranges = [{ from: place, to: place + 1 }]
  }

  toggle(place: number): void {
    this.#anchor = place
    const one = { from: place, to: place + 1 }
    this.#ranges = this.has(place) ? without(this.#ranges, one) : joined([...this.#ranges, one])
  }

  /** The rows between the last choice and `place`, and no others. */
  extendTo(place: number): void {
    this.#ranges = [{ from: Math.min(this.#anchor, place), to: Math.max(this.#anchor, place) + 1 }]
  }

  all(count: number): void {
    this.#ranges = count === 0 ? [] : [{ from: 0, to: count }]
  }
}

function joined(ranges: readonly PlaceRange[]): PlaceRange[] {
  const sorted = [...ranges].sort((left, right) => left.from - right.from)
  const merged: PlaceRange[] = []
  for (const range of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && range.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    } else merged.push(range)
  }
  return merged
}

function without(ranges: readonly PlaceRange[], gone: PlaceRange): PlaceRange[] {
  return ranges.flatMap(({ from, to }) =>
    [
      { from, to: Math.min(to, gone.from) },
      { from: Math.max(from, gone.to), to }
    ].filter((range) => range.to > range.from)
  )
}
