import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/shared/filter/index.ts'
import { nativeRegex } from '../../../src/shared/filter/native-regex.ts'
import { compileRegex } from '../../../src/shared/filter/regex.ts'

const re2 = (pattern: string, flags: string): RE2JS =>
  RE2JS.compile(
    pattern,
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
      (flags.includes('m') ? RE2JS.MULTILINE : 0) |
      (flags.includes('s') ? RE2JS.DOTALL : 0)
  )

const found = (pattern: string, flags: string, text: string): boolean => {
  const compiled = compileRegex(pattern, flags)
  if (!compiled.ok) throw new Error(compiled.problem.message)
  return compiled.test(text)
}

/** Pieces of patterns, in and out of the subset, and characters on which engines are known to differ. */
const PIECES = [
  ...['a', 'b', 'k', 's', 'K', 'S', 'é', '日', '😀', '_', '0', ' ', '-', '/', ',', '&', '~', '#', '"'],
  ...['.', '^', '$', '|', '(', ')', '(?:', '[', ']', '[^', '{', '}', '*', '+', '?', '*?', '+?', '??'],
  ...[
    '{2}',
    '{1,3}',
    '{0,1}',
    '{2,}',
    '{,3}',
    '{3,1}',
    '{1001}',
    '\\d',
    '\\D',
    '\\s',
    '\\S',
    '\\w',
    '\\W',
    '\\b'
  ],
  ...[
    '\\n',
    '\\r',
    '\\t',
    '\\f',
    '\\v',
    '\\.',
    '\\\\',
    '\\-',
    '\\/',
    '\\Q',
    '\\E',
    '\\x41',
    '\\h',
    '\\R',
    '\\1'
  ],
  ...[
    '[a-z]',
    '[^a-z]',
    '[\\d-]',
    '[k-s]',
    '[^k]',
    '[a-]',
    '[&&]',
    '[[:alpha:]]',
    '[\\s_]',
    '[^\\s]',
    '(?i)',
    '(?=a)'
  ]
]
const CHARACTERS = [
  ...[
    'a',
    'b',
    'k',
    's',
    'A',
    'K',
    'S',
    'z',
    'é',
    'É',
    '日',
    '😀',
    '_',
    '0',
    '9',
    ' ',
    '-',
    '/',
    '.',
    '&',
    '~'
  ],
  ...[
    '\n',
    '\r',
    '\t',
    '\f',
    '\v',
    '\0',
    '\u00a0',
    '\u0085',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\u212a',
    '\u017f',
    '\ud83d',
    '\ude00'
  ]
]
const FLAGS = ['', 'i', 'm', 's', 'im', 'is', 'ms', 'ims']
const pattern = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''))
const subject = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 12 }).map((parts) => parts.join(''))

describe('the native subset', () => {
  test('agrees with RE2 on every pattern that it accepts', () => {
    let accepted = 0
    fc.assert(
      fc.property(
        pattern,
        fc.constantFrom(...FLAGS),
        fc.array(subject, { minLength: 4, maxLength: 8 }),
        (source, flags, texts) => {
          const native = nativeRegex(source, flags)
          if (native === undefined) return
          accepted += 1
          const engine = re2(source, flags)
          for (const text of texts)
            expect([source, flags, text, native.test(text)]).toEqual([source, flags, text, engine.test(text)])
        }
      ),
      { numRuns: 20_000, seed: 1 }
    )
    expect(accepted).toBeGreaterThan(2000)
  })

  test('agrees with RE2 on every character, one by one', () => {
    for (const [source, flags] of [
      ['^.$', ''],
      ['^.$', 's'],
      ['^\\s$', ''],
      ['^\\w$', ''],
      ['^\\d$', ''],
      ['^[a-z]$', 'i'],
      ['^[^a-z]$', 'i'],
      ['^[^k]$', ''],
      ['^s$', 'i'],
      ['^\\S$', 'i']
    ] as const) {
      const native = nativeRegex(source, flags)
      const engine = re2(source, flags)
      const different: number[] = []
      for (let unit = 0; unit <= 0xffff; unit += 1) {
        const text = String.fromCharCode(unit)
        if (native?.test(text) !== engine.test(text)) different.push(unit)
      }
      expect([source, flags, different]).toEqual([source, flags, []])
    }
  })

  test('leaves everything else to RE2', () => {
    const outside = [
      '\\bfoo',
      '\\Qa\\E',
      '[a-z&&[^b]]',
      '\\x{41}',
      '(a+)+',
      'a*b*',
      '(?i)a',
      'a{2',
      '[[:alpha:]]',
      '(a|b){2}',
      '\\v'
    ]
    expect(outside.filter((source) => nativeRegex(source, '') !== undefined)).toEqual([])
    expect(nativeRegex('^a$', 'm')).toBeUndefined()
    expect(nativeRegex('\\w', 'i')).toBeUndefined()
    expect(nativeRegex('é', 'i')).toBeUndefined()
  })

  test('searches plain text without an engine, whatever its length', () => {
    expect(
      ['oslo', '^oslo', 'oslo$', '^oslo$', 'a\\.b'].map((source) => nativeRegex(source, '')?.maxLength)
    ).toEqual(Array.from({ length: 5 }, () => Number.POSITIVE_INFINITY))
    expect(
      ['^', '$', '^$', 'a^', '$a', '^a$', 'a\\.b'].map((source) => nativeRegex(source, '')?.test('a.b'))
    ).toEqual(['^', '$', '^$', 'a^', '$a', '^a$', 'a\\.b'].map((source) => re2(source, '').test('a.b')))
  })
})

describe('a regular expression', () => {
  test('is found anywhere unless it is anchored', () => {
    expect([found('b', '', 'abc'), found('^b', '', 'abc'), found('c$', '', 'abc')]).toEqual([
      true,
      false,
      true
    ])
  })

  test('knows the flags i, m and s', () => {
    expect([found('B', '', 'abc'), found('B', 'i', 'abc')]).toEqual([false, true])
    expect([found('^b', '', 'a\nb'), found('^b', 'm', 'a\nb')]).toEqual([false, true])
    expect([found('a.b', '', 'a\nb'), found('a.b', 's', 'a\nb')]).toEqual([false, true])
  })

  test('with look-around or a back-reference is refused with a hint', () => {
    const codes = ['(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(a)\\1', '(?>a)', '(?<n>a)\\k<n>'].map((source) => {
      const compiled = compileRegex(source, '')
      return compiled.ok ? 'ok' : [compiled.problem.code, compiled.problem.hint !== undefined]
    })
    expect(codes).toEqual(Array.from({ length: 7 }, () => ['unsupported-regex', true]))
  })

  test('may be long when it is written out by repeats of one character', () => {
    expect(found('^.{1,255}$', '', 'a'.repeat(255))).toBe(true)
    expect(found('^.{1,255}$', '', 'a'.repeat(256))).toBe(false)
    expect(
      found('^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$', 'i', '123E4567-e89b-12d3-a456-426614174000')
    ).toBe(true)
  })

  test('may be large, and is refused beside many others that are', () => {
    const large = (count: number): string =>
      Array.from({ length: count }, (_, index) => `a =~ /${String(index)}(?:ab){500}x{500}/`).join(' || ')
    expect(parseFilter(large(5)).diagnostics).toEqual([])
    const { diagnostics } = parseFilter(large(8))
    expect(diagnostics.map(({ code }) => code)).toEqual(['bad-regex'])
    expect(found('^a{500}$', '', 'a'.repeat(500))).toBe(true)
    expect(found('^.{0,1000}$', '', 'a'.repeat(1001))).toBe(false)
  })

  test('that is none is refused', () => {
    for (const source of ['(', '[a', 'a**', '*', 'a{1001}', '\\Z', '(a{100}){100}', '(a{30}|b{30}){40}']) {
      expect([source, compileRegex(source, '').ok]).toEqual([source, false])
    }
  })

  test.each([
    '(a+)+$',
    '(a|a)*b',
    '(.*)*x',
    '(a?){30}a{30}b',
    '(x+x+)+y',
    'a*b',
    '.*.*.*b',
    '^(a|aa)+$',
    'a+a+b',
    '(a|ab|aba)*c',
    'aaaa?a?a?b'
  ])('%s searches a string of a megabyte at once', (source) => {
    const text = 'a'.repeat(2 ** 20)
    const startMs = performance.now()
    found(source, '', text)
    found(source, '', `${text}!`)
    // Backtracking would take minutes; the bound is wide because the machine may be busy.
    expect(performance.now() - startMs).toBeLessThan(3000)
  })
})
