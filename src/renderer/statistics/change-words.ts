/**
 * How much a count changed against another: `+18 %`, `−6 %`. Whether more is good is not ours to say: the text carries the
 * sign, no colour does. Against none there is no percentage.
 */
export function describeChange(now: number, before: number): string {
  if (before === 0) return now === 0 ? '±0 %' : 'new'
  const percent = Math.round(((now - before) / before) * 100)
  const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±'
  return `${sign}${String(Math.abs(percent))} %`
}
