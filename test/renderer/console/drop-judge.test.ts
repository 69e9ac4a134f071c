import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../src/renderer/console/drop-judge.ts'
import { DropRing } from '../../../src/renderer/console/drop-ring.ts'
import type { StoredDrop } from '../../../src/renderer/console/drop-scan.ts'
import { zipTableFor } from '../../../src/renderer/filter/explain-drop.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { checkFilter, compileFilter, formatFilter, parseFilter } from '../../../src/shared/filter/index.ts'
import { parseJson, writeJson } from '../../../src/shared/wire/json.ts'
import { drop, filterTree } from '../../shared/filter/arbitrary-filter.ts'

/** The text as a console keeps it, among others. */
function stored(text: string): StoredDrop {
  const ring = new DropRing(3, 1_000_000)
  ring.pushDrop(1, 0, '{"elems":{}}')
  const into = { bytes: new Uint8Array(0), start: 0, end: 0, elements: 0 }
  ring.findDrop(ring.pushDrop(1, 0, text), into)
  return into
}

const judged = async (filter: string, text: string): Promise<string | undefined> =>
  (await judgeOf(filter))?.(stored(text))

describe('the judge of a filter', () => {
  test('says of a drop what the filter says of the drop when it is parsed', async () => {
    const members = fc.record(
      { version: fc.nat(3), fhash: fc.constantFrom('a', 'x\\"y', 'é'), location: fc.constant(null) },
      { requiredKeys: [] }
    )
    await fc.assert(
      fc.asyncProperty(filterTree, drop, members, fc.boolean(), async (given, some, others, isLast) => {
        const filter = formatFilter(given)
        const { tree, diagnostics } = parseFilter(filter)
        const zip = await zipTableFor(tree)
        fc.pre(diagnostics.length === 0 && checkFilter(tree, { zip }).length === 0)
        const text = writeJson(isLast ? { ...others, ...some } : { ...some, ...others })
        const isTrue = compileFilter(tree, { clock: systemClock, zip })(parseJson(text) as object)
        expect(await judged(filter, text)).toBe(isTrue ? 'yes' : 'no')
      }),
      { numRuns: 1500 }
    )
  })

  test.each([
    ['a == "x"', '{"elems":{"a":"\ufeffx"}}', 'no'],
    ['a == 1 && b == 2', '{"id":"d","elems":{"a":1,"a":1,"b":2}}', 'yes'],
    ['id == "d" && a == 1', '{"id":"d","id":"d","elems":{"a":1}}', 'yes'],
    ['a == 1', '{"id":"d","elems":null}', 'no'],
    ['NOT EXISTS a', '{"id":"d","elems":null}', 'yes'],
    ['a != 1', '{"id":"d"}', 'yes'],
    ['a == 1', 'no JSON', 'no'],
    ['a == 12345678901234567', '{"id":"d","elems":{"a":12345678901234567}}', 'yes'],
    ['a == 12345678901234568', '{"id":"d","elems":{"a":12345678901234567}}', 'no']
  ])('%s of %s: %s', async (filter, text, verdict) => {
    expect(await judged(filter, text)).toBe(verdict)
  })
})
