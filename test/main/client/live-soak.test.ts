import { expect, test } from 'vitest'
import { soak } from '../../soak/live.ts'

const CUTS = 12
const SEED = 7

test(
  'cut at any moment, every drop arrives exactly once and in order, or is counted by a marker at its place',
  { timeout: 120_000 },
  async () => {
    const { findings, figures } = await soak(CUTS, SEED, () => {})
    expect(findings).toEqual([])
    expect(figures['filled']).toBeGreaterThan(0)
    expect(figures['losses']).toBeGreaterThan(0)
  }
)
