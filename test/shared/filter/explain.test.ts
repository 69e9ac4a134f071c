import { expect, test } from 'vitest'
import { describeFilter, explainFilter, parseFilter } from '../../../src/shared/filter/index.ts'

const clock = { now: () => 5000 }
const explain = (text: string, subject: object): ReturnType<typeof explainFilter> =>
  explainFilter(parseFilter(text).tree, subject, { clock })

const drop = {
  creationDate: 1000,
  elems: {
    temp: { type: 'float', value: 21.5 },
    stops: [{ name: 'oslo' }, { name: 'rome' }],
    note: 'an error'
  }
}

test('an explanation says for each rule whether it is true and which value it saw', () => {
  const explanation = explain('temp > 30 || NOT (stops.name == "rome" && EXISTS gone)', drop)
  expect(explanation).toMatchObject({
    kind: 'or',
    isTrue: true,
    parts: [
      {
        text: 'temp > 30',
        isTrue: false,
        saw: [{ name: 'temp', values: [21.5] }],
        span: { start: 0, end: 9 }
      },
      {
        kind: 'not',
        isTrue: true,
        parts: [
          {
            kind: 'and',
            isTrue: false,
            parts: [
              { isTrue: true, saw: [{ name: 'stops.name', values: ['oslo', 'rome'] }] },
              { isTrue: false, saw: [{ name: 'gone', values: [] }] }
            ]
          }
        ]
      }
    ]
  })
})

test('an explanation shows ages, found texts and both sides of a comparison', () => {
  expect(explain('AGE > 1', drop)?.saw).toEqual([{ name: 'age in ms', values: [4000] }])
  expect(explain('MATCHES /err/', drop)?.saw).toEqual([{ name: 'text', values: ['an error'] }])
  expect(explain('temp == note', drop)?.saw).toEqual([
    { name: 'temp', values: [21.5] },
    { name: 'note', values: ['an error'] }
  ])
})

test('the empty filter has nothing to explain', () => {
  expect(explain('', drop)).toBeUndefined()
})

test.each([
  ['', 'Matches every drop.'],
  ['temp>=21.5&&unit=="C"', 'Matches drops where temp is at least 21.5 and unit is "C".'],
  ['NOT (a == 1 || b != 2)', 'Matches drops where it is not true that (a is 1 or b is not 2).'],
  [
    'a < 1 && b <= 2 || c > 3',
    'Matches drops where (a is less than 1 and b is at most 2) or c is more than 3.'
  ],
  ['n % 100 == 0', 'Matches drops where the remainder of n divided by 100 is 0.'],
  ['s IN ["a", "b", 3]', 'Matches drops where s is "a", "b" or 3.'],
  ['s CONTAINS ["a", "b"]', 'Matches drops where s contains "a" and "b".'],
  ['path =~ /^x/i', 'Matches drops where path matches /^x/i.'],
  ['NOT EXISTS a && HAS date', 'Matches drops where a is missing and some element is of type date.'],
  ['NOT MATCHES /x/', 'Matches drops where no text matches /x/.'],
  ['AGE < 600000', 'Matches drops where the drop is less than 10 minutes old.'],
  ["AGE('seen') >= 90000000", 'Matches drops where seen is at least 25 hours ago.'],
  ['born > Date(0)', 'Matches drops where born is more than 1970-01-01T00:00:00.000Z.'],
  ['at WITHIN 5 MI OF [1, 2]', 'Matches drops where at is within 5 miles of latitude 1, longitude 2.'],
  ['at WITHIN 5 KM OF [ZIP=10001]', 'Matches drops where at is within 5 kilometres of ZIP code 10001.']
])('%s in English is: %s', (text, sentence) => {
  expect(describeFilter(parseFilter(text).tree)).toBe(sentence)
})
