import { expect, test } from 'vitest'
import { soak } from '../soak/hostile.ts'

const ATTEMPTS = 800
const SEED = 7

test(
  'damaged requests and frames end no process, are all answered and smuggle nothing in',
  { timeout: 180_000 },
  async () => {
    const { findings, figures } = await soak(ATTEMPTS, SEED, () => {})
    expect(findings).toEqual([])
    expect(figures['attempts']).toBeGreaterThanOrEqual(ATTEMPTS)
    expect(figures['answered200']).toBeGreaterThan(0)
    expect(figures['answered400']).toBeGreaterThan(0)
  }
)
