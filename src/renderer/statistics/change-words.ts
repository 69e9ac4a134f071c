/**
 * How much a count changed against another: `+18 %`, `−6 %`. Whether more is good is not ours to say: the text carries the
 * sign, no colour does.
 */
export function describeChange(
  now: number,
  before: number
): { readonly text: string; readonly tone: 'none' } {
  if (before === 0) return { text: now === 0 ? 'the same' : 'from none', tone: 'none' }
  const percent = Math.round(((now - before) / before) * 100)
  const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±'
  return { text: `${sign}${String(Math.abs(percent))} %`, tone: 'none' }
}
