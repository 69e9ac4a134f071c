import { expect, test } from 'vitest'
import { soak } from '../soak/crash.ts'

const KILLS = 4
const SEED = 7

test(
  'killed at any moment, it loses no drop that it acknowledged and stores none twice',
  { timeout: 120_000 },
  async () => {
    const { findings, figures } = await soak(KILLS, SEED, () => {})
    expect(findings).toEqual([])
    expect(figures['acknowledged']).toBeGreaterThan(0)
  }
)
