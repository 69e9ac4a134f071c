import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyItems } from '../../../src/main/client/body-items.ts'
import type { HttpStream } from '../../../src/main/client/http.ts'
import { failure } from '../../../src/shared/failure.ts'
import { failed, success } from '../../../src/shared/result.ts'
import { writeJson } from '../../../src/shared/wire/json.ts'

/** An answer that comes in these pieces. */
function streamOf(pieces: readonly string[], isCut = false) {
  const state = { taken: 0, isCancelled: false }
  const stream: HttpStream = {
    next: () => {
      const piece = pieces[state.taken]
      state.taken += 1
      if (piece === undefined && isCut) return Promise.resolve(failed(failure('network/closed')))
      return Promise.resolve(success(piece))
    },
    sizeBytes: () => 0,
    cancel: () => {
      state.isCancelled = true
    }
  }
  return { stream, state }
}

async function read(pieces: readonly string[], isCut = false) {
  const items: unknown[] = []
  for await (const group of bodyItems(streamOf(pieces, isCut).stream)) {
    if (!group.ok) return { items, code: group.failure.code }
    items.push(...group.value)
  }
  return { items }
}

const HEAD =
  '"head":{"ok":true,"status":200,"messages":["a \\"body\\": [ { in a text"],"errors":[],"references":{}}'
const answer = (items: readonly unknown[]): string => `{${HEAD},"body":${writeJson(items)}}`

describe('the objects of a body', () => {
  test('are the same wherever the answer is cut into pieces', async () => {
    const object = fc.dictionary(
      fc.string({ unit: 'grapheme' }),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom<unknown>('"', '\\', '}', ']', '\\"', '},{', '{"n":1},{', [{ n: 1 }, { n: 2 }]),
        fc.bigInt(),
        fc.json().map((text) => JSON.parse(text) as unknown)
      )
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (items, cuts) => {
          const text = answer(items)
          const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
          const pieces = [0, ...places].map((place, index) => text.slice(place, places[index]))
          expect(writeJson((await read(pieces)).items)).toBe(writeJson(items))
        }
      )
    )
  })

  test('come before the answer has ended, and what was read is not held', async () => {
    const { stream, state } = streamOf([`{${HEAD},"body":[{"n":1},{"n":2},{"n"`, ':3}', ']}'])
    const items = bodyItems(stream)
    expect((await items.next()).value).toEqual(success([{ n: 1 }, { n: 2 }]))
    expect(state.taken).toBe(1)
    expect((await items.next()).value).toEqual(success([{ n: 3 }]))
    expect((await items.next()).done).toBe(true)
  })

  test('are found when the body stands before the head, and with white space between', async () => {
    expect(await read([`{ "body" : [ {"n": [1, {"body": []}]} ,\n {} ] , ${HEAD} }`])).toEqual({
      items: [{ n: [1, { body: [] }] }, {}]
    })
    expect(await read([`{"body":[],${HEAD}}`])).toEqual({ items: [] })
  })

  test('whose reader stops early end the stream', async () => {
    const { stream, state } = streamOf([`{${HEAD},"body":[{"n":1},`, '{"n":2}]}'])
    for await (const group of bodyItems(stream)) {
      expect(group.ok).toBe(true)
      break
    }
    expect(state).toEqual({ taken: 1, isCancelled: true })
  })

  test.each([
    ['an answer that is cut', [`{${HEAD},"body":[{"n":1},{"n`], 1],
    ['no body', [`{${HEAD}}`], 0],
    ['a body that is an object', [`{${HEAD},"body":{}}`], 0],
    ['numbers in the body', [`{${HEAD},"body":[1,2]}`], 0],
    ['two commas', [`{${HEAD},"body":[{"n":1},,{"n":2}]}`], 0],
    ['an object that is no JSON', [`{${HEAD},"body":[{"n":1},{oops}]}`], 1],
    ['a page of a proxy', ['<html>"body"</html>'], 0]
  ])('%s are a malformed answer after what came whole', async (_, pieces, whole) => {
    expect(await read(pieces)).toMatchObject({ code: 'response/malformed', items: { length: whole } })
  })

  test('of a connection that closes are its failure after what came whole', async () => {
    expect(await read([`{${HEAD},"body":[{"n":1},{`], true)).toEqual({
      items: [{ n: 1 }],
      code: 'network/closed'
    })
  })
})
