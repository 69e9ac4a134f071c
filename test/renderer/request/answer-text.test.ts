import { expect, test } from 'vitest'
import { describeHttpStatus, prettyAnswer } from '../../../src/renderer/request/answer-text.ts'

test('JSON is shown with one member a line, all digits kept; anything else as it came', () => {
  expect(prettyAnswer('{"n":9007199254740993}')).toEqual({
    text: '{\n  "n": 9007199254740993\n}',
    isJson: true
  })
  expect(prettyAnswer('{"cut')).toEqual({ text: '{"cut', isJson: false })
})

test('a status has the word that HTTP has for it', () => {
  expect([404, 418].map(describeHttpStatus)).toEqual(['404 Not Found', '418'])
})
