import { expect, test } from 'vitest'
import { explainDrop } from '../../../src/renderer/filter/explain-drop.ts'

const drop = (members: object): string => JSON.stringify({ id: 'd1', elems: {}, ...members })

test('explains a distance from a ZIP code', async () => {
  const dropText = drop({ location: { lat: 40.73, lon: -73.99 } })
  const explained = await explainDrop({ dropText, filter: 'location WITHIN 5 MI OF [ZIP=10001]' })
  expect(explained).toMatchObject({ ok: true, value: { kind: 'within', isTrue: true } })
  const unknown = await explainDrop({ dropText, filter: 'location WITHIN 5 MI OF [ZIP=00000]' })
  expect(unknown).toMatchObject({ ok: false, failure: { code: 'filter/invalid' } })
})

test('says nothing of the empty filter, and what is wrong with one that has a mistake', async () => {
  expect(await explainDrop({ dropText: drop({}), filter: ' ' })).toEqual({ ok: true, value: null })
  expect(await explainDrop({ dropText: drop({}), filter: 'a =' })).toMatchObject({
    ok: false,
    failure: { code: 'filter/invalid' }
  })
})

test('does not start what would hold up the window', async () => {
  const dropText = drop({ elems: { text: 'ab'.repeat(500_000) } })
  const refused = await explainDrop({ dropText, filter: 'text =~ /[ab]*a[ab]{280}[cd]/' })
  expect(refused).toMatchObject({
    ok: false,
    failure: { code: 'filter/invalid', message: 'The filter takes too long on this drop to be explained.' }
  })
  expect(await explainDrop({ dropText, filter: 'text =~ /c/' })).toMatchObject({
    ok: true,
    value: { isTrue: false }
  })
})
