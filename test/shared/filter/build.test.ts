import { describe, expect, test } from 'vitest'
import type { BuiltFilter, FilterWords } from '../../../src/shared/filter/index.ts'
import { buildFilter, formatFilter } from '../../../src/shared/filter/index.ts'

const text = (make: (words: FilterWords) => BuiltFilter): string => formatFilter(buildFilter(make))

describe('a built filter', () => {
  test('knows every rule by the names of the Python client', () => {
    expect([
      text(({ mem }) => mem.elems!.temp!.gt(12)),
      text(({ mem }) => mem.width!.eq(mem.height!)),
      text(({ mem }) => mem.path!.re('^/a', 'i')),
      text(({ mem }) => mem.unit!.IN('C', 'F')),
      text(({ mem }) => mem.tags!.CONTAINS('a')),
      text(({ mem }) => mem.location!.WITHIN(5, 'MILES', [40.7, -73.98])),
      text(({ mem }) => mem.location!.WITHIN(5, 'KM', { zip: '02139' })),
      text(({ mem }) => mem.counter!.mod(100).ne(0)),
      text(({ mem }) => mem.when!.lte(new Date(5))),
      text(({ mem }) => mem.big!.gte(9007199254740993n)),
      text(({ EXISTS, mem }) => EXISTS(mem.battery!)),
      text(({ HAS }) => HAS('date')),
      text(({ MATCHES }) => MATCHES('a/b', 'gi')),
      text(({ AGE }) => AGE.lt(5)),
      text(({ AGE }) => AGE('a.b').ne(5)),
      text(({ member }) => member('elems.re').eq('x'))
    ]).toEqual([
      'elems.temp > 12',
      'width == height',
      'path =~ /^\\/a/i',
      'unit IN ["C", "F"]',
      'tags CONTAINS ["a"]',
      'location WITHIN 5 MILES OF [40.7, -73.98]',
      'location WITHIN 5 KM OF [ZIP=02139]',
      'counter % 100 != 0',
      'when <= Date(5)',
      'big >= 9007199254740993',
      'EXISTS battery',
      'HAS date',
      'MATCHES /a\\/b/i',
      'AGE < 5',
      'AGE("a.b") != 5',
      'elems.re == "x"'
    ])
  })

  test('puts the parentheses that NOT and || need', () => {
    expect(text(({ mem, NOT }) => NOT(mem.a!.eq(1).AND(mem.b!.eq(2))))).toBe('NOT (a == 1 && b == 2)')
    expect(text(({ mem }) => mem.a!.eq(1).OR(mem.b!.eq(2)).AND(mem.c!.eq(3)))).toBe(
      '(a == 1 || b == 2) && c == 3'
    )
    expect(text(({ mem }) => mem.a!.eq(1).AND(mem.b!.eq(2)).AND(mem.c!.eq(3)))).toBe(
      'a == 1 && b == 2 && c == 3'
    )
  })

  test('refuses what the language cannot say, and never lets a name become a rule', () => {
    const refused: ((words: FilterWords) => BuiltFilter)[] = [
      ({ mem }) => mem['a b']!.eq(1),
      ({ mem }) => mem['a == 1 || b']!.eq(1),
      ({ mem }) => mem.AGE!.eq(1),
      ({ mem }) => mem.a!.gt(Number.NaN),
      ({ mem }) => mem.a!.re('(?=a)'),
      ({ HAS }) => HAS('number'),
      ({ EXISTS, mem }) => EXISTS(mem)
    ]
    for (const make of refused) expect(() => buildFilter(make)).toThrow(TypeError)
  })
})
