import { describe, expect, test } from 'vitest'
import { resultFace } from '../../../src/main/client/face.ts'
import type { HttpStream } from '../../../src/main/client/http.ts'
import type { Call, Requests } from '../../../src/main/client/requests.ts'
import { createService } from '../../../src/main/client/services.ts'
import { success } from '../../../src/shared/result.ts'

/** The most that a platform gives in one answer (platform protocol, "Request parameters"). */
const PAGE = 100_000

/** A platform with so many objects, as far as finding goes; what was asked of it. */
function manyObjects(count: number) {
  const asked: { start: unknown; limit: unknown; refs: unknown }[] = []
  const stream = (_method: string, _path: string, { parameters = {} }: Call = {}) => {
    const { start = 0, limit = 20, refs } = parameters
    asked.push({ start, limit, refs })
    const last = Math.min(count, start + Math.min(limit, PAGE))
    const body: string[] = []
    for (let n = start; n < last; n += 1) body.push(`{"id":"${String(n)}"}`)
    const pieces = ['{"head":{},"body":[', body.join(), ']}']
    const answer: HttpStream = {
      next: () => Promise.resolve(success(pieces.shift())),
      sizeBytes: () => 0,
      cancel: () => undefined
    }
    return Promise.resolve(success(answer))
  }
  const requests = { stream } as unknown as Requests
  return {
    asked,
    service: createService<'result', { id: string }, object>({ requests, face: resultFace }, '/flow')
  }
}

async function idsOf(objects: AsyncIterable<{ ok: boolean; value?: { id: string } }>) {
  const ids: number[] = []
  for await (const object of objects) ids.push(Number(object.value?.id))
  return ids
}

describe('all', () => {
  test('reads page after page when there are more objects than an answer holds, each once and in order', async () => {
    const { asked, service } = manyObjects(PAGE + 3)
    const ids = await idsOf(service.all({ refs: true }))
    expect([ids.length, ids.every((id, place) => id === place)]).toEqual([PAGE + 3, true])
    expect(asked).toEqual([
      { start: 0, limit: PAGE, refs: undefined },
      { start: PAGE, limit: PAGE, refs: undefined }
    ])
  })

  test('asks for no more than its limit, from its start on', async () => {
    const { asked, service } = manyObjects(PAGE * 3)
    const ids = await idsOf(service.all({ start: 5, limit: PAGE + 2 }))
    expect([ids[0], ids.length, ids.at(-1)]).toEqual([5, PAGE + 2, PAGE + 6])
    expect(asked.map(({ start, limit }) => [start, limit])).toEqual([
      [5, PAGE],
      [PAGE + 5, 2]
    ])
  })

  test('asks nothing at all for a limit of nothing, and is over', async () => {
    const { asked, service } = manyObjects(3)
    expect([await idsOf(service.all({ limit: 0 })), asked]).toEqual([[], []])
  })
})

test('a filter that is given to find as a text is refused with the way to go, and not asked for as an id', async () => {
  const { service, asked } = manyObjects(3)
  for (const text of ['path == "/ana/a"', 'n>1', 'EXISTS temp', '(n)']) {
    expect(await service.find(text)).toMatchObject({ failure: { code: 'input/invalid' } })
  }
  expect(asked).toEqual([])
})
