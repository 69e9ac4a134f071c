import { expect, test } from 'vitest'
import { createKeptAnswers, firstBytes } from '../../../src/main/requests/kept-answers.ts'
import type { WholeAnswer } from '../../../src/main/requests/send-request.ts'
import { MAX_SHOWN_ANSWER_BYTES } from '../../../src/shared/model/platform-request.ts'

const answer = (text: string): WholeAnswer => ({
  status: 200,
  headers: [],
  text,
  sizeBytes: Buffer.byteLength(text),
  isTooLarge: false,
  headMs: 1,
  durationMs: 2
})

test('a long answer is shown from its beginning and kept whole', () => {
  const answers = createKeptAnswers()
  const text = 'é'.repeat(MAX_SHOWN_ANSWER_BYTES)
  answers.keep('a', answer(text))
  const shown = answers.shown('a')
  expect(shown).toMatchObject({ requestId: 'a', isCut: true, sizeBytes: 2 * MAX_SHOWN_ANSWER_BYTES })
  expect(Buffer.byteLength(shown?.text ?? '')).toBe(MAX_SHOWN_ANSWER_BYTES)
  expect(answers.whole('a')?.text).toBe(text)
})

test('the oldest answers make room when they are too long together; the last one stays', () => {
  const answers = createKeptAnswers()
  const long = 'x'.repeat(60 * 1_048_576)
  answers.keep('first', answer(long))
  answers.keep('small', answer('{}'))
  answers.keep('second', answer(long))
  expect(['first', 'small', 'second'].map((id) => answers.shown(id) !== undefined)).toEqual([
    false,
    true,
    true
  ])
})

test('a text is never cut inside a character', () => {
  expect(firstBytes('a🙂b', 4)).toBe('a')
  expect(firstBytes('a🙂b', 5)).toBe('a🙂')
  expect(firstBytes('', 5)).toBe('')
})
