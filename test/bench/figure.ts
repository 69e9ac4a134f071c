/** Prints one figure of a benchmark as one JSON line on stdout. */
export function printFigure(bench: string, figure: string, value: number, unit: string): void {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
  process.stdout.write(`${JSON.stringify({ bench, figure, value: rounded, unit })}\n`)
}

/** A line for the person who waits. */
export function printProgress(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** The value below which the share `quantile` (0 to 1) of `values` lies; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
