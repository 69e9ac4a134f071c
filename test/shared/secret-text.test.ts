import { expect, test } from 'vitest'
import { MASK, hasMask, maskAnswerText, maskKeptText } from '../../src/shared/secret-text.ts'

test('tokens of an answer are masked at any depth, everything else stays word for word', () => {
  const text =
    '{"n":9007199254740993,"a":[{"tokenString" : "se\\"cret"}],"masterToken":"other","token":"a word"}'
  expect(maskAnswerText(text)).toBe(
    `{"n":9007199254740993,"a":[{"tokenString" : "${MASK}"}],"masterToken":"${MASK}","token":"a word"}`
  )
  expect(maskAnswerText('{"n": 1}')).toBe('{"n": 1}')
})

test('a secret that was cut in two is masked as well', () => {
  expect(maskAnswerText('{"masterToken":"half of i')).toBe(`{"masterToken":"${MASK}"`)
})

test('what is kept of a request has no password and no token, and says so', () => {
  const kept = maskKeptText('{"Password":"a","token":"b","topic":"c"}')
  expect(kept).toBe(`{"Password":"${MASK}","token":"${MASK}","topic":"c"}`)
  expect([hasMask(kept), hasMask('{"topic":"c"}')]).toEqual([true, false])
})
