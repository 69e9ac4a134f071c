/** Random choices that a seed repeats (mulberry32). */
export interface SeededRandom {
  /** 0 to 1, which is not included. */
  readonly fraction: () => number
  /** A whole number from 0 to `count`, which is not included. */
  readonly below: (count: number) => number
  readonly pick: <T>(items: readonly T[]) => T
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number): number => Math.floor(fraction() * count)
  return { fraction, below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}
