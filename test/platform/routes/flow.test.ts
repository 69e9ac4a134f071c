import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestPlatform, type TestPlatform } from '../../support/platform.ts'

let platform: TestPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(async () => {
  await platform.close()
})

describe('creating a flow', () => {
  test('answers 201 with what was stored', async () => {
    const { status, body } = await platform.request('POST', '/flow', {
      path: '/ana/attic/',
      unknown: 1,
      id: 'x'
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.stringMatching(/^f[0-9a-f]{24}$/) as string,
      path: '/ana/attic',
      capacity: 1000,
      creationDate: expect.any(Number) as number,
      creatorId: expect.stringMatching(/^i[0-9a-f]{24}$/) as string
    })
  })

  test.each([
    ['no path', {}],
    ['a path without a segment after the account', { path: '/ana' }],
    ['an empty segment', { path: '/ana//x' }],
    ['a segment of the system', { path: '/ana/:inbox' }],
    ['a character that is not allowed', { path: '/ana/a b' }],
    ['129 characters', { path: `/ana/${'x'.repeat(124)}` }],
    ['a capacity beyond the limit', { path: '/ana/x', capacity: 100_001 }],
    ['a negative capacity', { path: '/ana/x', capacity: -1 }],
    ['half a drop of capacity', { path: '/ana/x', capacity: 1.5 }],
    ['a filter that does not parse', { path: '/ana/x', filter: 'temp >' }],
    ['a description that is no text', { path: '/ana/x', description: 5 }],
    ['a public flag that is no flag', { path: '/ana/x', public: 'yes' }]
  ])('%s: 400', async (_name, body) => {
    const reply = await platform.request('POST', '/flow', body)
    expect([reply.status, reply.head.errors.length]).toEqual([400, 1])
  })

  test('a path that is taken: 400, with and without a trailing slash', async () => {
    await platform.flow('taken')
    expect((await platform.request('POST', '/flow', { path: '/ana/taken/' })).status).toBe(400)
  })

  test('a path of another account: 403', async () => {
    expect((await platform.request('POST', '/flow', { path: '/ben/x' })).status).toBe(403)
  })
})

describe('changing a flow', () => {
  test('given members replace, null removes, the others stay, read-only ones are ignored', async () => {
    const id = await platform.flow('changing', { description: 'before', displayName: 'stays', capacity: 5 })
    const { body } = await platform.request('PUT', `/flow/${id}`, {
      id: 'f000000000000000000000000',
      creationDate: 1,
      description: null,
      filter: '',
      publicFlow: true
    })
    expect(body).toMatchObject({
      id,
      path: '/ana/changing',
      displayName: 'stays',
      capacity: 5,
      filter: '',
      public: true
    })
    expect(body).not.toHaveProperty('description')
    expect(body.creationDate).toBeGreaterThan(1)
    expect(body.lastEditDate).toBeGreaterThanOrEqual(body.creationDate as number)
    expect(body.lastEditorId).toBe(body.creatorId)
    expect((await platform.request('GET', `/flow/${id}`)).body).toEqual(body)
  })

  test('a member by itself answers an object with that member', async () => {
    const id = await platform.flow('member')
    expect(await platform.request('PUT', `/flow/${id}/capacity`, '7')).toMatchObject({
      status: 200,
      body: { capacity: 7 }
    })
    expect((await platform.request('PUT', `/flow/${id}/id`, '"x"')).status).toBe(400)
    expect((await platform.request('PUT', `/flow/${id}/capacity`, '"many"')).status).toBe(400)
  })

  test('a flow can move to a free path; its drops keep the old one', async () => {
    const id = await platform.flow('old')
    await platform.request('POST', `/drop/${id}`, { elems: {} })
    expect((await platform.request('PUT', `/flow/${id}`, { path: '/ana/moved' })).body.path).toBe(
      '/ana/moved'
    )
    expect((await platform.request('GET', '/drop?path=/ana/moved')).body[0].path).toBe('/ana/old')
    expect((await platform.request('GET', '/drop?path=/ana/old')).status).toBe(404)
    await platform.flow('occupied')
    expect((await platform.request('PUT', `/flow/${id}`, { path: '/ana/occupied' })).status).toBe(400)
  })

  test('many at once, or none of them', async () => {
    const [a, b] = [await platform.flow('many-a'), await platform.flow('many-b')]
    const changed = await platform.request('MPUT', '/flow', { [a]: { capacity: 3 }, [b]: { capacity: 4 } })
    expect([changed.body[a].capacity, changed.body[b].capacity]).toEqual([3, 4])
    const refused = await platform.request('MPUT', '/flow', { [a]: { capacity: 9 }, [b]: { capacity: -1 } })
    expect(refused.status).toBe(400)
    expect((await platform.request('GET', `/flow/${a}`)).body.capacity).toBe(3)
    const sameTwice = await platform.request('MPUT', '/flow', {
      [a]: { path: '/ana/z' },
      [b]: { path: '/ana/z' }
    })
    expect(sameTwice.status).toBe(400)
    expect((await platform.request('MPUT', '/flow', { [a]: 5 })).status).toBe(400)
  })

  test('a smaller capacity trims at once', async () => {
    const id = await platform.flow('trimmed')
    for (let n = 0; n < 5; n++) await platform.request('POST', `/drop/${id}`, { elems: { n } })
    await platform.request('PUT', `/flow/${id}`, { capacity: 2 })
    const { body } = await platform.request('GET', `/drop/${id}`)
    expect(body.map((drop: { elems: { n: number } }) => drop.elems.n)).toEqual([4, 3])
  })
})

describe('finding flows', () => {
  test('by id, by path in place of the id, and several at once', async () => {
    const id = await platform.flow('found')
    const path = encodeURIComponent('/ana/found')
    expect((await platform.request('GET', `/flow/${path}`)).body.id).toBe(id)
    const many = await platform.request('MGET', '/flow', [id, 'f000000000000000000000000'])
    expect(Object.keys(many.body as object)).toEqual([id])
    expect((await platform.request('MGET', '/flow', { not: 'a list' })).status).toBe(400)
  })

  test('by a filter over their members, with references', async () => {
    const id = await platform.flow('filtered', { description: 'needle' })
    const filter = encodeURIComponent("description == 'needle'")
    const { body, head } = await platform.request(
      'GET',
      `/flow?filter=${filter}&refs=True&only=path,creatorId`
    )
    expect(body).toEqual([{ id, path: '/ana/filtered', creatorId: expect.any(String) as string }])
    expect(head.references[body[0].creatorId as string]).toMatchObject({ kind: 'identity', name: 'ana' })
  })

  test('a deleted flow and its drops are gone', async () => {
    const id = await platform.flow('gone')
    const drop = await platform.request('POST', `/drop/${id}`, { elems: {} })
    expect(await platform.request('DELETE', `/flow/${id}`)).toMatchObject({ status: 200, body: {} })
    for (const path of [`/flow/${id}`, `/drop/${id}`, `/drop/${id}/${String(drop.body.id)}`]) {
      expect((await platform.request('GET', path)).status).toBe(404)
    }
    expect((await platform.request('DELETE', `/flow/${id}`)).status).toBe(404)
  })

  test('the identity of the caller can be read', async () => {
    const { body } = await platform.request('GET', '/identity')
    expect(body).toMatchObject([{ name: 'ana' }])
    expect((await platform.request('GET', `/identity/${String(body[0].id)}`)).body).toEqual(body[0])
    expect((await platform.request('GET', '/identity/i000000000000000000000000')).status).toBe(404)
  })
})
