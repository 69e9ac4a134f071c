import { expect, test } from 'vitest'
import { createIdMint } from '../../../src/platform/engine/ids.ts'

const at = (nowMs: number): { now: () => number } => ({ now: () => nowMs })

test('an id is a letter, the second, the digits of the process and a counter', () => {
  const mint = createIdMint(at(1_722_000_000_999), 'aabbccddee')
  expect(mint.mint('flow', 1_722_000_000_999)).toBe('f66a3a280aabbccddee000000')
  expect(mint.mint('drop', 1_722_000_000_999)).toBe('d66a3a280aabbccddee000001')
})

test('the counter begins anew with each second, and ids go on sorting', () => {
  const mint = createIdMint(at(1_000_000), 'aabbccddee')
  const ids = [1_000_000, 1_000_500, 1_001_000, 1_001_001].map((atMs) => mint.mint('drop', atMs))
  expect(ids.map((id) => id.slice(-6))).toEqual(['000000', '000001', '000000', '000001'])
  expect(ids).toEqual(ids.toSorted())
})

test('an id is greater than the one before it in its flow, even from another process within the same second', () => {
  const later = createIdMint(at(1_000_000), '0000000000')
  const before = createIdMint(at(1_000_000), 'ffffffffff').mint('drop', 1_000_000)
  expect(later.mint('drop', 1_000_000, before) > before).toBe(true)
  expect(later.mint('drop', 1_000_000, before)).toMatch(/^d[0-9a-f]{24}$/)
})
