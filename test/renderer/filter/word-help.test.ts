import { expect, test } from 'vitest'
import { FlowWords } from '../../../src/renderer/console/flow-words.ts'
import { helpFor, languageHelp, memberHelp } from '../../../src/renderer/filter/word-help.ts'
import { LANGUAGE } from '../../../src/shared/filter/index.ts'

function wordsOf(...elems: readonly object[]) {
  const words = new FlowWords()
  words.addRead(elems.map((each, index) => ({ id: `d${String(index)}`, elems: each })))
  return words
}

test('the help of a member tells its type, its share of the drops, its range and its values', () => {
  const { vocabulary } = wordsOf({ mag: 4, type: 'mb' }, { mag: 6, type: 'mb' }, { type: 'mww' })
  const mag = memberHelp('mag', vocabulary)
  expect(mag).toContain('`elems.mag`')
  expect(mag).toContain('in 2 of 3 drops · 4 to 6')
  expect(mag).toContain('elems.mag >= 5')
  const type = memberHelp('elems.type', vocabulary)
  expect(type).toContain('mb   2×  ████████████\nmww  1×  ██████')
  expect(type).toContain('elems.type == "mb"')
  expect(memberHelp('nothing', vocabulary)).toBeUndefined()
})

test('the help of a number shows how it is spread', () => {
  const { vocabulary } = wordsOf(...[1, 1, 1, 2, 29].map((mag) => ({ mag })))
  expect(memberHelp('mag', vocabulary)).toContain(`█▃${' '.repeat(25)}▃\n1 … median 1 … 29`)
})

test('what a drop contains cannot leave its block of code', () => {
  const { vocabulary } = wordsOf({ note: '```\n# heading\n[link](https://example.org)' })
  const help = memberHelp('note', vocabulary) ?? ''
  const fences = help.split('\n').filter((line) => /^`{4,}/.test(line))
  expect(fences.length).toBeGreaterThanOrEqual(4)
  expect(help.split('\n').some((line) => line.startsWith('# heading'))).toBe(false)
})

test.each(LANGUAGE.map(({ name, summary, example }) => [name, summary, example] as const))(
  'the help of %s holds its sentence and its example',
  (name, summary, example) => {
    expect(languageHelp(name)).toContain(summary)
    expect(languageHelp(name)).toContain(example)
  }
)

test('a value and a filter that was run before are shown whole', () => {
  const { vocabulary } = wordsOf({})
  const replace = { start: 0, end: 0 }
  const recent = {
    kind: 'recent',
    label: 'a == 1',
    insertText: 'a == 1',
    replace,
    detail: 'Run before'
  } as const
  expect(helpFor(recent, vocabulary)).toContain('a == 1')
})
