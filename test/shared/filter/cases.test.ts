import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { GeoPoint } from '../../../src/shared/filter/distance.ts'
import {
  applyFix,
  checkFilter,
  compileFilter,
  formatFilter,
  isSameFilter,
  parseFilter
} from '../../../src/shared/filter/index.ts'
import { parseJson } from '../../../src/shared/wire/json.ts'

/** The cases of the language: each file holds groups, each group a subject and the filters that do or do not match it. */
interface CaseGroup {
  readonly about: string
  /** The elements of the drop of given.json. */
  readonly elems?: Record<string, unknown>
  /** Another object than a drop. */
  readonly subject?: object
  readonly zip?: Record<string, GeoPoint>
  readonly matches?: readonly string[]
  readonly misses?: readonly string[]
  readonly mistakes?: readonly MistakeCase[]
}

interface MistakeCase {
  readonly filter: string
  readonly code: string
  readonly at: readonly [number, number]
  /** The text after the first mistake's fix. */
  readonly fixed?: string
  /** The codes of the mistakes behind the first. */
  readonly also?: readonly string[]
}

interface Given {
  readonly now: number
  readonly drop: object
}

const FOLDER = new URL('../../cases/filter/', import.meta.url)
const read = <Content>(name: string): Content =>
  parseJson(readFileSync(new URL(name, FOLDER), 'utf8')) as Content

const given = read<Given>('given.json')
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== 'given.json')
const groups = files.flatMap((name) =>
  read<readonly CaseGroup[]>(name).map((group) => ({
    ...group,
    title: `${name.replace('.json', '')}: ${group.about}`
  }))
)

function matches(text: string, group: CaseGroup): unknown {
  const { tree, diagnostics } = parseFilter(text)
  if (diagnostics.length > 0) return diagnostics
  const zip = zipOf(group)
  const problems = checkFilter(tree, { zip })
  if (problems.length > 0) return problems
  const kind = group.subject === undefined ? 'drop' : 'object'
  return compileFilter(tree, { clock: { now: () => given.now }, zip, subject: kind })(subjectOf(group))
}

const subjectOf = (group: CaseGroup): object => group.subject ?? { ...given.drop, elems: group.elems ?? {} }

const zipOf = ({ zip }: CaseGroup): ((code: string) => GeoPoint | undefined) | undefined =>
  zip === undefined ? undefined : (code) => zip[code]

describe.each(groups)('$title', (group) => {
  for (const text of group.matches ?? []) {
    test(`${text} matches`, () => {
      expect(matches(text, group)).toBe(true)
    })
  }
  for (const text of group.misses ?? []) {
    test(`${text} does not match`, () => {
      expect(matches(text, group)).toBe(false)
    })
  }
  for (const mistake of group.mistakes ?? []) {
    test(`${mistake.filter} is refused: ${mistake.code}`, () => {
      const { tree, diagnostics } = parseFilter(mistake.filter)
      const found = diagnostics.length > 0 ? diagnostics : checkFilter(tree, { zip: zipOf(group) })
      const [first, ...others] = found
      expect([first?.code, first?.span.start, first?.span.end]).toEqual([mistake.code, ...mistake.at])
      if (mistake.fixed !== undefined) {
        expect(first?.fix && applyFix(mistake.filter, first.fix)).toBe(mistake.fixed)
      }
      if (mistake.also !== undefined) expect(others.map(({ code }) => code)).toEqual(mistake.also)
    })
  }
})

test('every text of the cases that parses comes back from its canonical form', () => {
  const texts = groups.flatMap((group) => [...(group.matches ?? []), ...(group.misses ?? [])])
  expect(texts.length).toBeGreaterThan(400)
  const changed = texts.filter((text) => {
    const { tree } = parseFilter(text)
    return !isSameFilter(parseFilter(formatFilter(tree)).tree, tree)
  })
  expect(changed).toEqual([])
})

test('every mistake has a message, and no fix makes more mistakes than there were', () => {
  const worse = groups
    .flatMap(({ mistakes = [] }) => mistakes)
    .filter(({ filter }) => {
      const { diagnostics } = parseFilter(filter)
      const fix = diagnostics[0]?.fix
      return (
        diagnostics.some(({ message }) => message === '') ||
        (fix !== undefined && parseFilter(applyFix(filter, fix)).diagnostics.length > diagnostics.length)
      )
    })
  expect(worse).toEqual([])
})
