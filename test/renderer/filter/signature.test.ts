import { expect, test } from 'vitest'
import { signatureAt } from '../../../src/renderer/filter/signature.ts'

test.each([
  ['location WITHIN ', 'number'],
  ['location WITHIN 5 ', 'unit'],
  ['location WITHIN 5 KM OF ', '[lat, lon]'],
  ['elems.a IN [', '[value, …]'],
  ['elems.a =~ ', '/pattern/flags'],
  ['MATCHES ', '/pattern/flags'],
  ['HAS ', 'type'],
  ['EXISTS ', 'member']
])('in "%s" the part that comes now is %s', (text, part) => {
  const signature = signatureAt(text, text.length)
  expect(signature?.label.slice(...(signature.part as [number, number]))).toContain(part)
})

test('a plain comparison has no signature', () => {
  expect(signatureAt('elems.mag >= ', 13)).toBeUndefined()
  expect(signatureAt('', 0)).toBeUndefined()
})
