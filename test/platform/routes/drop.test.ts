import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestPlatform, type TestPlatform } from '../../support/platform.ts'

let platform: TestPlatform
let flow: string
let count = 0

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(async () => {
  await platform.close()
})
beforeEach(async () => {
  flow = await platform.flow(`flow${String(count++)}`)
})

const create = async (elems: unknown, over: object = {}): Promise<string> => {
  const reply = await platform.request('POST', `/drop/${flow}`, { elems, ...over })
  expect(reply.status).toBe(201)
  return String(reply.body.id)
}

/** The element `n` of each drop that a find answers. */
const numbers = async (query: string): Promise<number[]> => {
  const { body } = await platform.request('GET', `/drop/${flow}?${query}`)
  return (body as { elems: { n: number } }[]).map(({ elems }) => elems.n)
}

describe('creating a drop', () => {
  test('answers 201 with the stored drop', async () => {
    const place = { lat: 47.6, lon: -122.3, specifiers: { room: 'attic' } }
    const sent = {
      elems: { temp: 21.5 },
      location: place,
      fhash: 'a',
      version: 7,
      creationDate: 1,
      path: '/ana/other'
    }
    const { status, body } = await platform.request('POST', `/drop/${flow}`, sent)
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.stringMatching(/^d[0-9a-f]{24}$/) as string,
      flowId: flow,
      path: `/ana/flow${String(count - 1)}`,
      creationDate: expect.any(Number) as number,
      version: 0,
      location: place,
      fhash: 'a',
      elems: { temp: 21.5 }
    })
    expect(body.creationDate).toBeGreaterThan(1)
  })

  test('by path in the body, on the bare service', async () => {
    const path = `/ana/flow${String(count - 1)}`
    expect((await platform.request('POST', '/drop', { path, elems: {} })).body.flowId).toBe(flow)
    expect((await platform.request('POST', '/drop/', { path: `${path}/`, elems: {} })).status).toBe(201)
  })

  test.each([
    ['an unknown flow id', '/drop/f000000000000000000000000', { elems: {} }, 404],
    ['an unknown path in the body', '/drop', { path: '/ana/nowhere', elems: {} }, 400],
    ['neither id nor path', '/drop', { elems: {} }, 400],
    ['no elems', 'flow', {}, 400],
    ['elems that are a list', 'flow', { elems: [] }, 400],
    ['a latitude beyond the pole', 'flow', { elems: {}, location: { lat: 91, lon: 0 } }, 400],
    ['an fhash that is no text', 'flow', { elems: {}, fhash: 5 }, 400],
    ['a typed value that does not fit', 'flow', { elems: { a: { type: 'date', value: 'x' } } }, 400]
  ])('%s: refused', async (_name, path, body, status) => {
    const reply = await platform.request('POST', path === 'flow' ? `/drop/${flow}` : path, body)
    expect(reply.status).toBe(status)
  })

  test('a drop that the filter of the flow does not let in: 400, and it is not there', async () => {
    await platform.request('PUT', `/flow/${flow}`, { filter: 'n > 5' })
    expect((await platform.request('POST', `/drop/${flow}`, { elems: { n: 5 } })).status).toBe(400)
    await create({ n: 6 })
    expect(await numbers('')).toEqual([6])
  })

  test('the oldest drops leave a full flow, and a flow of capacity 0 keeps none', async () => {
    await platform.request('PUT', `/flow/${flow}`, { capacity: 2 })
    for (let n = 1; n <= 4; n++) await create({ n })
    expect(await numbers('')).toEqual([4, 3])
    await platform.request('PUT', `/flow/${flow}`, { capacity: 0 })
    await create({ n: 5 })
    expect(await numbers('')).toEqual([])
  })

  test('a repeated fhash answers 200 with the drop that is there, and a note', async () => {
    const id = await create({ n: 1 }, { fhash: 'key' })
    const repeat = await platform.request('POST', `/drop/${flow}`, { elems: { n: 2 }, fhash: 'key' })
    expect(repeat).toMatchObject({ status: 200, body: { id, elems: { n: 1 } } })
    expect(repeat.head.messages).toHaveLength(1)
    expect(await numbers('')).toEqual([1])
  })

  test('ids sort in creation order and dates never go backwards when the clock does', async () => {
    let nowMs = 1_700_000_000_900
    const held = await startTestPlatform({ clock: { now: () => nowMs } })
    const id = await held.flow('held')
    const drops: { id: string; creationDate: number }[] = []
    for (const step of [0, 50, 100, -5000, -1, 3000, 0]) {
      nowMs += step
      drops.push(
        (await held.request('POST', `/drop/${id}`, { elems: {} })).body as {
          id: string
          creationDate: number
        }
      )
    }
    await held.close()
    expect(drops.map((drop) => drop.id)).toEqual(drops.map((drop) => drop.id).sort())
    expect(new Set(drops.map((drop) => drop.id)).size).toBe(drops.length)
    const dates = drops.map(({ creationDate }) => creationDate)
    expect(dates).toEqual(dates.toSorted((a, b) => a - b))
  })

  test('with replacement the newest drop of an fhash is the one that is found', async () => {
    const replacing = await startTestPlatform({ fhash: 'replace' })
    const id = await replacing.flow('totals')
    for (const total of [1, 2])
      await replacing.request('POST', `/drop/${id}`, { elems: { total }, fhash: 'today' })
    const { body } = await replacing.request(
      'GET',
      `/drop/${id}?filter=${encodeURIComponent('fhash == "today"')}`
    )
    await replacing.close()
    expect(body).toMatchObject([{ elems: { total: 2 } }])
  })
})

describe('finding drops', () => {
  beforeEach(async () => {
    for (const [n, size] of [
      [1, 30],
      [2, 10],
      [3, 20]
    ] as const)
      await create({ n, size, deep: { n: -n } })
  })

  test.each([
    ['', [3, 2, 1]],
    ['limit=2', [3, 2]],
    ['limit=2&start=1', [2, 1]],
    ['skip=2', [1]],
    ['skip=2&start=1', [2, 1]],
    ['order=asc', [1, 2, 3]],
    ['sort=size', [1, 3, 2]],
    ['sort=elems.deep.n&order=asc', [3, 2, 1]],
    ['filter=', [3, 2, 1]],
    ['filter=size%20%3E%2015', [3, 1]],
    ['filter=size%20%3E%2015&limit=1', [3]],
    ['filter=elems.deep.n%3D%3D-2', [2]],
    ['limit=0', []],
    ['limit=999999', [3, 2, 1]],
    ['unknown=1', [3, 2, 1]]
  ])('?%s', async (query, expected) => {
    expect(await numbers(query)).toEqual(expected)
  })

  test.each([
    'limit=-1',
    'limit=x',
    'start=1.5',
    'order=up',
    'filter=size%20%3E',
    'refs=maybe',
    'hints=2',
    'filter=a&filter=b'
  ])('?%s: 400', async (query) => {
    expect((await platform.request('GET', `/drop/${flow}?${query}`)).status).toBe(400)
  })

  test('a filter that does not parse is answered with the position', async () => {
    const { head } = await platform.request(
      'GET',
      `/drop/${flow}?filter=${encodeURIComponent('size > 1 size')}`
    )
    expect(head.errors[0]).toMatch(/olumn 10\b/)
  })

  test('only the members that are asked for, and always the id', async () => {
    const { body } = await platform.request('GET', `/drop/${flow}?limit=1&only=elems.deep.n,version,size`)
    expect(body).toEqual([
      { id: expect.any(String) as string, version: 0, elems: { deep: { n: -3 }, size: 20 } }
    ])
  })

  test('references name the flow', async () => {
    const { head } = await platform.request('GET', `/drop/${flow}?refs=1`)
    expect(Object.keys(head.references)).toEqual([flow])
    expect(head.references[flow]).toMatchObject({ id: flow, kind: 'flow' })
    expect((await platform.request('GET', `/drop/${flow}`)).head.references).toEqual({})
  })

  test('references come with every answer that holds drops', async () => {
    const path = `/ana/flow${String(count - 1)}`
    const named = { [flow]: { id: flow, kind: 'flow', path } }
    const id = await create({ n: 1 })
    const replies = await Promise.all([
      platform.request('GET', `/drop/${flow}/${id}?refs=1`),
      platform.request('POST', `/drop/${flow}?refs=true`, { elems: {} }),
      platform.request('MGET', `/drop/${flow}?refs=True`, [id]),
      platform.request('MGET', '/drop?refs=1', [{ path }]),
      platform.request('MGET', '/drop', [{ flowId: flow, params: { refs: '1' } }])
    ])
    expect(replies.map(({ head }) => head.references)).toEqual(replies.map(() => named))
    expect((await platform.request('POST', `/drop/${flow}?hints=2`, { elems: {} })).status).toBe(400)
    expect((await platform.request('GET', `/drop/${flow}?limit=9`)).body).toHaveLength(5)
  })

  test('nearest first, with order=geo and a WITHIN', async () => {
    for (const [n, lat] of [
      [10, 3],
      [11, 1],
      [12, 2]
    ] as const)
      await create({ n }, { location: { lat, lon: 0 } })
    const filter = encodeURIComponent('location WITHIN 1000 KM OF [0, 0]')
    expect(await numbers(`order=geo&filter=${filter}`)).toEqual([11, 12, 10])
    expect((await numbers('order=geo')).slice(0, 3)).toEqual([12, 11, 10])
  })

  test('the flow may be given as a path, in the URL or as a parameter', async () => {
    const path = encodeURIComponent(`/ana/flow${String(count - 1)}`)
    expect((await platform.request('GET', `/drop/${path}`)).body).toHaveLength(3)
    expect((await platform.request('GET', `/drop?path=${path}&limit=1`)).body).toHaveLength(1)
    expect((await platform.request('GET', '/drop')).status).toBe(400)
    expect((await platform.request('GET', '/drop?path=/ana/nowhere')).status).toBe(404)
  })

  test('several drops of a flow, and several flows at once', async () => {
    const other = await platform.flow(`other${String(count)}`)
    const [{ id }] = (await platform.request('GET', `/drop/${flow}?limit=1`)).body as [{ id: string }]
    const many = await platform.request('MGET', `/drop/${flow}`, [id, 'd000000000000000000000000'])
    expect(Object.keys(many.body as object)).toEqual([id])
    const across = await platform.request('MGET', '/drop', [
      { flowId: flow, params: { limit: 2, filter: 'n > 0', hints: true } },
      { path: `/ana/other${String(count)}` },
      { flowId: 'f000000000000000000000000' }
    ])
    expect(across.body[flow]).toHaveLength(2)
    expect(across.body[flow][0].elems.n).toEqual({ type: 'integer', value: 3 })
    expect(across.body[other]).toEqual([])
    expect(Object.keys(across.body as object)).toEqual([flow, other])
    expect((await platform.request('MGET', '/drop', [{ flowId: flow, params: { limit: -1 } }])).status).toBe(
      400
    )
    expect((await platform.request('MGET', '/drop', [5])).status).toBe(400)
  })
})

describe('aggregating drops', () => {
  test('answers one row a group, by flow id or path', async () => {
    for (const [room, temp] of [
      ['attic', 19],
      ['attic', 20],
      ['cellar', 11]
    ] as const)
      await create({ room, temp })
    const request = { output: ['$avg:temp', '$count'], groupBy: ['room'], filter: 'temp > 5' }
    const rows = [
      { room: 'attic', '$avg:temp': 19.5, $count: 2 },
      { room: 'cellar', '$avg:temp': 11, $count: 1 }
    ]
    for (const key of [flow, encodeURIComponent(`/ana/flow${String(count - 1)}`)]) {
      expect(await platform.request('POST', `/drop/${key}/aggregate`, request)).toMatchObject({
        status: 200,
        body: rows
      })
    }
  })

  test.each([
    ['no output', {}, 400],
    ['an unknown selector', { output: ['$stddev:n'] }, 400],
    ['a filter that does not parse', { output: ['$count'], filter: 'n >' }, 400],
    ['a list for a body', [], 400]
  ])('%s: %s', async (_name, request, status) => {
    const reply = await platform.request('POST', `/drop/${flow}/aggregate`, request)
    expect([reply.status, reply.head.errors.length]).toEqual([status, 1])
  })

  test('of an unknown flow: 404; with another method: 405', async () => {
    const unknown = await platform.request('POST', '/drop/f000000000000000000000000/aggregate', {
      output: ['$count']
    })
    expect(unknown.status).toBe(404)
    expect((await platform.request('PATCH', `/drop/${flow}/aggregate`)).status).toBe(405)
  })
})

describe('changing drops', () => {
  test('given members replace, elems as a whole; the version grows', async () => {
    const id = await create({ a: 1, b: 2 }, { fhash: 'h', location: { lat: 1, lon: 2 } })
    const { body } = await platform.request('PUT', `/drop/${flow}/${id}`, {
      elems: { c: 3 },
      location: null,
      version: 9
    })
    expect(body).toMatchObject({ id, version: 1, fhash: 'h', elems: { c: 3 } })
    expect(body).not.toHaveProperty('location')
    expect(body.elems).toEqual({ c: 3 })
    expect(body.lastEditDate).toBeGreaterThanOrEqual(body.creationDate as number)
    expect((await platform.request('GET', `/drop/${flow}/${id}`)).body).toEqual(body)
  })

  test('one element by its dotted name, also in a map, also away', async () => {
    const id = await create({ temp: 1, deep: { a: 1, b: 2 } })
    const put = async (member: string, value: unknown): Promise<unknown> =>
      (await platform.request('PUT', `/drop/${flow}/${id}/${member}`, JSON.stringify(value))).body
    expect(await put('elems.temp', 2)).toEqual({ 'elems.temp': 2 })
    expect(await put('elems.deep.b', { type: 'date', value: 7 })).toEqual({ 'elems.deep.b': 7 })
    expect(await put('elems.new', 'x')).toEqual({ 'elems.new': 'x' })
    expect(await put('elems.temp', null)).toEqual({})
    expect(await put('fhash', 'f')).toEqual({ fhash: 'f' })
    expect((await platform.request('GET', `/drop/${flow}/${id}?hints=0`)).body).toMatchObject({
      version: 5,
      fhash: 'f',
      elems: { deep: { a: 1, b: 7 }, new: 'x' }
    })
    expect((await platform.request('PUT', `/drop/${flow}/${id}/elems.new.below`, '1')).status).toBe(400)
    expect((await platform.request('PUT', `/drop/${flow}/${id}/creationDate`, '1')).status).toBe(400)
  })

  test('a member without a value is refused', async () => {
    const id = await create({ temp: 1 })
    expect((await platform.request('PUT', `/drop/${flow}/${id}/fhash`)).status).toBe(400)
  })

  test('an fhash that another drop has is refused', async () => {
    await create({}, { fhash: 'first' })
    const id = await create({}, { fhash: 'second' })
    expect((await platform.request('PUT', `/drop/${flow}/${id}`, { fhash: 'first' })).status).toBe(400)
    expect((await platform.request('PUT', `/drop/${flow}/${id}`, { fhash: 'second' })).status).toBe(200)
  })

  test('many at once, or none', async () => {
    const [a, b] = [await create({ n: 1 }), await create({ n: 2 })]
    const changed = await platform.request('MPUT', `/drop/${flow}`, {
      [a]: { elems: { n: 10 } },
      [b]: { fhash: 'x' }
    })
    expect([changed.body[a].elems.n, changed.body[b].fhash]).toEqual([10, 'x'])
    const refused = await platform.request('MPUT', `/drop/${flow}`, {
      [a]: { elems: { n: 11 } },
      [b]: { fhash: 5 }
    })
    expect(refused.status).toBe(400)
    expect((await platform.request('MPUT', `/drop/${flow}`, { d000000000000000000000000: {} })).status).toBe(
      404
    )
    expect(
      (await platform.request('MPUT', `/drop/${flow}`, { [a]: { fhash: 'y' }, [b]: { fhash: 'y' } })).status
    ).toBe(400)
    expect(await numbers('order=asc')).toEqual([10, 2])
  })

  test('one drop is deleted, and then all', async () => {
    const [a] = [await create({ n: 1 }), await create({ n: 2 })]
    expect(await platform.request('DELETE', `/drop/${flow}/${a}`)).toMatchObject({ status: 200, body: {} })
    expect((await platform.request('DELETE', `/drop/${flow}/${a}`)).status).toBe(404)
    expect(await numbers('')).toEqual([2])
    expect(await platform.request('DELETE', `/drop/${flow}`)).toMatchObject({ status: 200, body: {} })
    expect(await numbers('')).toEqual([])
    expect((await platform.request('DELETE', '/drop')).status).toBe(405)
  })
})

describe('the encoding of elements', () => {
  const TYPED = { temp: { type: 'integer', value: 3 }, at: { type: 'date', value: 5 } }
  const PLAIN = { temp: 3, at: 5 }

  test.each([
    ['/v4.0/ana', '', PLAIN],
    ['/v4.0/ana', '?hints=1', TYPED],
    ['/v4.0/ana', '?hints=False', PLAIN],
    ['/v0.1/ana', '', TYPED],
    ['/v0.1/ana', '?hints=0', PLAIN],
    ['/v3.9/ana', '', TYPED],
    ['/v5.0/ana', '', PLAIN]
  ])('%s%s', async (base, query, expected) => {
    const sent = { temp: 3, at: { type: 'date', value: 5 } }
    const made = await platform.request('POST', `${base}/drop/${flow}${query}`, { elems: sent })
    expect(made.body.elems).toEqual(expected)
    const read = await platform.request('GET', `${base}/drop/${flow}/${String(made.body.id)}${query}`)
    expect(read.body.elems).toEqual(expected)
    const found = await platform.request('GET', `${base}/drop/${flow}${query}`)
    expect(found.body[0].elems).toEqual(expected)
  })

  test('integers of 64 bits keep their digits on every way', async () => {
    const body = '{"elems":{"long":9007199254740993,"list":[-9223372036854775808]}}'
    const made = await platform.request('POST', `/drop/${flow}`, body)
    expect(made.body.elems).toEqual({ long: 9007199254740993n, list: [-9223372036854775808n] })
    const filter = encodeURIComponent('long == 9007199254740993')
    const found = await platform.request('GET', `/drop/${flow}?hints=1&filter=${filter}`)
    expect(found.body[0].elems.long).toEqual({ type: 'long', value: 9007199254740993n })
    expect(
      await platform.request('GET', `/drop/${flow}?filter=${encodeURIComponent('long == 9007199254740992')}`)
    ).toMatchObject({ body: [] })
  })

  test('what lies in the free map of a location is plain in both encodings', async () => {
    const location = { lat: 1, lon: 2, specifiers: { since: { type: 'date', value: 5 } } }
    const id = await create({}, { location })
    for (const hints of ['0', '1']) {
      const { body } = await platform.request('GET', `/drop/${flow}/${id}?hints=${hints}`)
      expect(body.location).toEqual({ lat: 1, lon: 2, specifiers: { since: 5 } })
    }
  })

  test('markup stays text, and an element may be called __proto__', async () => {
    const body = '{"elems":{"html":"<img onerror=alert(1)>","__proto__":{"polluted":true}}}'
    const { body: drop } = await platform.request('POST', `/drop/${flow}`, body)
    expect(drop.elems.html).toBe('<img onerror=alert(1)>')
    expect(Object.hasOwn(drop.elems as object, '__proto__')).toBe(true)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
