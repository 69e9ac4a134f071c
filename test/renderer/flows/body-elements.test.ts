import { describe, expect, test } from 'vitest'
import { BodyElements } from '../../../src/renderer/flows/body-elements.ts'

const BODY = [
  { id: 'a', text: 'quote " brace } bracket ] comma , backslash \\' },
  { id: 'b', list: [[1], {}] },
  3,
  'é😀',
  null
]
const head = { ok: true, status: 200, messages: ['"body":['], errors: [], references: { body: [1] } }

/** All elements of `text`, given in pieces of `size` characters. */
function read(text: string, size: number): { elements: unknown[] | undefined; isComplete: boolean } {
  const reader = new BodyElements()
  const elements: unknown[] = []
  for (let at = 0; at < text.length; at += size) {
    const complete = reader.push(text.slice(at, at + size))
    if (complete === undefined) return { elements: undefined, isComplete: false }
    elements.push(...complete)
  }
  return { elements, isComplete: reader.isComplete }
}

describe('the elements of an answer, piece by piece', () => {
  test.each([1, 2, 3, 7, 50, 10_000])('are the same when cut into pieces of %i characters', (size) => {
    for (const text of [
      JSON.stringify({ head, body: BODY }),
      JSON.stringify({ body: BODY, head }),
      JSON.stringify(BODY),
      JSON.stringify({ head, body: BODY }, null, 2)
    ]) {
      expect(read(text, size)).toEqual({ elements: BODY, isComplete: true })
    }
  })

  test('an empty body is complete', () => {
    expect(read('{"head":{},"body":[]}', 4)).toEqual({ elements: [], isComplete: true })
  })

  test('keep all digits of 64-bit integers', () => {
    expect(read('[9007199254740993]', 5).elements).toEqual([9007199254740993n])
  })

  test('come before the answer is whole, each once', () => {
    const reader = new BodyElements()
    expect(reader.push('{"head":{"ok":true},"body":[1,2')).toEqual([1])
    expect(reader.push('3,4]')).toEqual([23, 4])
    expect(reader.push('}')).toEqual([])
    expect(reader.isComplete).toBe(true)
  })

  test('an answer that ends early is not complete', () => {
    expect(read('{"head":{},"body":[1,2', 3)).toEqual({ elements: [1], isComplete: false })
  })

  test.each(['<html>proxy</html>', '{"head":{},"body":{}}', '{"head":{}}', '"text"', '[1,}]'])(
    'an answer like %s has none',
    (text) => {
      expect(read(text, 1000).elements).toBeUndefined()
    }
  )
})
