/** Shades between two colours given as `#rrggbb`, the first and the last included: a heat map's scale. */
export function colourSteps(from: string, to: string, count: number): readonly string[] {
  const low = channelsOf(from)
  const high = channelsOf(to)
  return Array.from({ length: count }, (_, step) => {
    const share = count < 2 ? 1 : step / (count - 1)
    const channels = low.map((channel, index) =>
      Math.round(channel + ((high[index] ?? channel) - channel) * share)
    )
    return `rgb(${channels.join(' ')})`
  })
}

/** Which of `count` steps a value takes between zero and the highest; zero takes the first alone. */
export function stepOf(value: number, highest: number, count: number): number {
  if (value <= 0 || highest <= 0) return 0
  return Math.max(1, Math.min(count - 1, Math.ceil((value / highest) * (count - 1))))
}

const channelsOf = (colour: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) || 0)
