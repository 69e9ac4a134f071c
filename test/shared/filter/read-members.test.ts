import { expect, test } from 'vitest'
import { parseFilter, readMembers } from '../../../src/shared/filter/index.ts'

const read = (filter: string) => readMembers(parseFilter(filter).tree)

test.each([
  ['temp > 20', [], ['temp']],
  ['elems.temp > 20 && temp < 30 || NOT EXISTS note', [], ['temp', 'note']],
  ['path =~ /a/ && version == 2 && elems.path == "x"', ['path', 'version'], ['path']],
  ['nested.deep.value IN [1, 2]', [], ['nested']],
  ['location WITHIN 5 KM OF [1, 2]', ['location'], []],
  ['low < high', [], ['low', 'high']],
  ['AGE < 1000', ['creationDate'], []],
  ["AGE('lastEditDate') < 1000", ['lastEditDate'], []],
  ['n % 2 == 0 && tags CONTAINS ["a"]', [], ['n', 'tags']],
  ['', [], []]
])('%s reads these members', (filter, members, elements) => {
  expect(read(filter)).toEqual({ members, elements })
})

test.each(['HAS date', 'MATCHES /x/', 'a == 1 && NOT HAS date', 'EXISTS elems', 'a == elems'])(
  '%s looks at all elements',
  (filter) => {
    expect(read(filter)).toBeUndefined()
  }
)
