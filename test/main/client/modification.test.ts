import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isModification, modify } from '../../../src/main/client/modification.ts'
import type { ElementValue } from '../../../src/shared/model/elements.ts'
import { parseJson, writeJson } from '../../../src/shared/wire/json.ts'

const FLOW = { id: 'f1', path: '/ana/attic', capacity: 10, description: 'warm' }

describe('a modification', () => {
  test('answers the model as it will be, and what changed alone', () => {
    const modified = modify(FLOW, { capacity: 20 }).modify('description', null)
    expect(modified.done()).toEqual([
      { id: 'f1', path: '/ana/attic', capacity: 20 },
      { capacity: 20, description: null }
    ])
  })

  test('goes on after done, and what it gave before stays', () => {
    const modified = modify(FLOW)
    const [, before] = modified.done()
    modified.modify('capacity', 1).modify('capacity', 2)
    expect([before, modified.done()[1]]).toEqual([{}, { capacity: 2 }])
  })

  test('keeps nothing of what it is given and gives nothing that it keeps', () => {
    const elems = { list: [1, { deep: 1 }] }
    const modified = modify({ id: 'd1', elems }).modify('elems', elems)
    elems.list.push(2)
    ;(modified.done()[0].elems.list[1] as { deep: number }).deep = 9
    expect(modified.done()).toEqual([
      { id: 'd1', elems: { list: [1, { deep: 1 }] } },
      { elems: { list: [1, { deep: 1 }] } }
    ])
  })

  test('of a member called __proto__ is a change like any other', () => {
    const [model, difference] = modify<Record<string, unknown>>({ id: 'd1' }).modify('__proto__', 1).done()
    expect([Object.keys(model), Object.keys(difference), Object.getPrototypeOf(model)]).toEqual([
      ['id', '__proto__'],
      ['__proto__'],
      Object.prototype
    ])
  })

  test('is told from a model, and undefined is no change', () => {
    expect([
      isModification(modify(FLOW)),
      isModification(FLOW),
      modify(FLOW, { capacity: undefined }).done()[1]
    ]).toEqual([true, false, {}])
  })
})

/** Elements of any shape, with integers of 64 bits among them. */
const elements: fc.Arbitrary<ElementValue> = fc.letrec<{ value: ElementValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    fc.record({ type: fc.constantFrom('date', 'set', 'long'), value: tie('value') })
  )
})).value

const models = fc.dictionary(fc.string(), elements, { maxKeys: 6 })
const changeLists = fc.array(fc.tuple(fc.string(), fc.option(elements)), { maxLength: 8 })

describe('for any model and any changes', () => {
  test('the input stays as it was, however the answer is treated', () => {
    fc.assert(
      fc.property(models, changeLists, (model, changes) => {
        const before = writeJson(model)
        const modified = modify<Record<string, unknown>>(model)
        for (const [member, value] of changes) modified.modify(member, value)
        const [changed, difference] = modified.done()
        for (const each of [changed, difference])
          for (const key of Object.keys(each)) delete (each as Record<string, unknown>)[key]
        expect(writeJson(model)).toBe(before)
      })
    )
  })

  test('the model with the difference applied is the new model, and digits survive the wire', () => {
    fc.assert(
      fc.property(models, changeLists, (model, changes) => {
        const modified = modify<Record<string, unknown>>(model)
        for (const [member, value] of changes) modified.modify(member, value)
        const [changed, difference] = modified.done()
        const applied = new Map(Object.entries(model as Record<string, unknown>))
        for (const [member, value] of Object.entries(difference)) {
          if (value === null) applied.delete(member)
          else applied.set(member, value)
        }
        expect(changed).toEqual(Object.fromEntries(applied))
        expect(new Set(Object.keys(difference))).toEqual(new Set(changes.map(([member]) => member)))
        expect(writeJson(parseJson(writeJson(changed)))).toBe(writeJson(changed))
      })
    )
  })
})
