import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DIAGNOSTIC_CODES } from '../../../src/shared/filter/diagnostics.ts'
import { checkFilter, compileFilter, LANGUAGE, parseFilter } from '../../../src/shared/filter/index.ts'
import { parseJson } from '../../../src/shared/wire/json.ts'

const page = readFileSync(new URL('../../../src/shared/filter/LANGUAGE.md', import.meta.url), 'utf8')

const block = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'gms'))].map((found) => found[1] ?? '')

const drop = parseJson(block('json')[0] ?? '') as { creationDate: number }
const clock = { now: () => drop.creationDate + 600_000 }

const examples = block('filter')
  .flatMap((text) => text.trimEnd().split('\n'))
  .map((line) => line.split(/ +→ /))

describe('the examples of the language page', () => {
  test('are many', () => {
    expect(examples.length).toBeGreaterThan(60)
  })

  test.each(examples)('%s is %s', (text = '', outcome = '') => {
    const { tree, diagnostics } = parseFilter(text)
    expect(diagnostics).toEqual([])
    expect(String(compileFilter(tree, { clock })(drop))).toBe(outcome)
  })
})

describe('the table of mistakes', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (?:`(.*?)`)? ?\|/gm)].map(
    (found) => [found[1], found[2]] as const
  )

  test('explains every code once', () => {
    expect(rows.map(([code]) => code)).toEqual([...DIAGNOSTIC_CODES])
  })

  test.each(rows.filter(([, example]) => example !== undefined))(
    '%s is what is wrong with %s',
    (code, example = '') => {
      const text = example.replaceAll('\\|', '|')
      const { tree, diagnostics } = parseFilter(text)
      const zip = code === 'zip-unknown' ? () => undefined : undefined
      expect([...diagnostics, ...checkFilter(tree, { zip })][0]?.code).toBe(code)
    }
  )
})

test('the example of every operator, keyword and function parses', () => {
  const broken = LANGUAGE.filter(({ example }) => parseFilter(example).tree.hasErrors)
  expect(broken).toEqual([])
})
