import { describe, expect, test } from 'vitest'
import { CREDIT_CHARACTERS, CREDIT_DROPS } from '../../../src/shared/ipc/live-port.ts'
import type { LiveMessage } from '../../../src/shared/ipc/live-port.ts'
import { DropCredit } from '../../../src/renderer/console/drop-credit.ts'

const batch = (count: number, text = '{}'): LiveMessage => ({
  kind: 'drops',
  subscriptionIds: new Array<number>(count).fill(1),
  receivedAtMs: new Array<number>(count).fill(0),
  texts: new Array<string>(count).fill(text)
})

describe('credit of the live port', () => {
  test('grants running totals, so that a lost grant is made good by the next', () => {
    const credit = new DropCredit()
    expect(credit.open()).toEqual({
      kind: 'credit',
      totalDrops: CREDIT_DROPS,
      totalCharacters: CREDIT_CHARACTERS
    })
    const grants = Array.from({ length: 100 }, () => credit.take(batch(200))).filter(
      (grant) => grant !== undefined
    )
    const totals = grants.map(({ totalDrops }) => totalDrops)
    expect(totals).toEqual([...totals].sort((left, right) => left - right))
    expect(totals.at(-1)).toBeGreaterThan(100 * 200)
  })

  test('is renewed long before it runs out, by drops and by characters', () => {
    const byDrops = new DropCredit()
    byDrops.open()
    expect(byDrops.take(batch(CREDIT_DROPS / 2 + 1))).toBeDefined()
    const byCharacters = new DropCredit()
    byCharacters.open()
    expect(byCharacters.take(batch(1, 'x'.repeat(CREDIT_CHARACTERS / 2 + 1)))).toBeDefined()
  })

  test('is not renewed for every batch', () => {
    const credit = new DropCredit()
    credit.open()
    expect(credit.take(batch(1))).toBeUndefined()
  })
})
