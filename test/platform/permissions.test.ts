import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ANA,
  BEN,
  openSession,
  startTestPlatform,
  temporaryFolder,
  type TestPlatform
} from '../support/platform.ts'

/** Whether every right does what it says and nothing else: right × verb × way in which it was given. */

const FLAGS = ['read', 'write', 'dropRead', 'dropWrite', 'administer'] as const
type Flag = (typeof FLAGS)[number]
type Verb = keyof typeof NEEDS

/** The right that each verb needs. */
const NEEDS = {
  readFlow: 'read',
  changeFlow: 'write',
  createFlow: 'write',
  readDrop: 'dropRead',
  findDrops: 'dropRead',
  findInMany: 'dropRead',
  aggregate: 'dropRead',
  subscribe: 'dropRead',
  createDrop: 'dropWrite',
  changeDrop: 'dropWrite',
  deleteDrop: 'dropWrite',
  emptyFlow: 'dropWrite',
  deleteFlow: 'write'
} as const satisfies Record<string, Flag>

const VERBS = Object.keys(NEEDS) as Verb[]

let platform: TestPlatform
let anaId: string
let benId: string
let number = 0

beforeAll(async () => {
  platform = await startTestPlatform()
  anaId = await identityOf('ana', ANA.token)
  benId = await identityOf('ben', BEN.token)
})
afterAll(async () => {
  await platform.close()
})

async function identityOf(account: string, token: string): Promise<string> {
  const { body } = await platform.request('GET', `/v4.0/${account}/identity`, undefined, {
    'x-auth-token': token
  })
  return String(body[0].id)
}

interface Place {
  readonly root: string
  readonly flow: string
  readonly drop: string
}

/** A fresh flow of ben's with a drop, below a path of its own. */
async function place(): Promise<Place> {
  const root = `/ben/case${String(number++)}`
  const asBen = { 'x-auth-token': BEN.token }
  const flow = await platform.request('POST', '/v4.0/ben/flow', { path: `${root}/flow` }, asBen)
  const drop = await platform.request('POST', `/v4.0/ben/drop/${String(flow.body.id)}`, { elems: {} }, asBen)
  return { root, flow: String(flow.body.id), drop: String(drop.body.id) }
}

/** The status of each verb when it is tried at `at` by whoever holds `token` of `account`. */
async function tryAll(at: Place, account: string, token: string): Promise<Record<Verb, number>> {
  const as = { 'x-auth-token': token }
  const base = `/v4.0/${account}`
  const status = async (method: string, path: string, body?: unknown): Promise<number> =>
    (await platform.request(method, base + path, body, as)).status
  const opened = await platform.request('POST', '/session', undefined, { ...as, 'x-auth-account': account })
  const session = await openSession(`${platform.wsUrl}/session/${String(opened.body.id)}/ws`)
  const subscribed = await session.ask({ type: 'subscribe', object: 'drop', flowId: at.flow })
  session.socket.close()
  const many = await platform.request('MGET', `${base}/drop`, [{ flowId: at.flow }], as)
  const attempts = {
    readFlow: await status('GET', `/flow/${at.flow}`),
    changeFlow: await status('PUT', `/flow/${at.flow}`, { description: 'x' }),
    createFlow: await status('POST', '/flow', { path: `${at.root}/new` }),
    readDrop: await status('GET', `/drop/${at.flow}/${at.drop}`),
    findDrops: await status('GET', `/drop/${at.flow}`),
    // Flows that may not be read are left out of a find in several.
    findInMany: at.flow in (many.body as object) ? 200 : 404,
    aggregate: await status('POST', `/drop/${at.flow}/aggregate`, { output: ['$count'] }),
    subscribe: subscribed.head.status as number,
    createDrop: await status('POST', `/drop/${at.flow}`, { elems: {} }),
    changeDrop: await status('PUT', `/drop/${at.flow}/${at.drop}`, { elems: { a: 1 } }),
    deleteDrop: await status('DELETE', `/drop/${at.flow}/${at.drop}`),
    emptyFlow: await status('DELETE', `/drop/${at.flow}`),
    deleteFlow: await status('DELETE', `/flow/${at.flow}`)
  }
  return attempts
}

function expected(rights: ReadonlySet<Flag>): Record<Verb, number> {
  const isVisible = rights.size > 0
  return Object.fromEntries(
    VERBS.map((verb) => {
      if (rights.has(NEEDS[verb]) || rights.has('administer'))
        return [verb, verb.startsWith('create') ? 201 : 200]
      if (verb === 'findInMany') return [verb, 404]
      // A flow that cannot be made is no object that could be hidden.
      return [verb, isVisible || verb === 'createFlow' ? 403 : 404]
    })
  ) as Record<Verb, number>
}

const combinations = (flags: readonly Flag[]): Flag[][] =>
  flags.reduce<Flag[][]>((sets, flag) => [...sets, ...sets.map((set) => [...set, flag])], [[]])

const grantOf = (flags: readonly Flag[]): Record<string, boolean> =>
  Object.fromEntries(flags.map((flag) => [flag, true]))

describe('rights', () => {
  test('of the identity itself: everything below its account', async () => {
    expect(await tryAll(await place(), 'ben', BEN.token)).toEqual(expected(new Set(['administer'])))
  })

  test('of another identity without a share: nothing is there', async () => {
    expect(await tryAll(await place(), 'ana', ANA.token)).toEqual(expected(new Set()))
  })

  test.each(combinations(FLAGS).map((flags) => [flags.join(' ') || 'none', flags] as const))(
    'of a share to an identity and to a group: %s',
    async (_name, flags) => {
      const asBen = { 'x-auth-token': BEN.token }
      const group = await platform.request('POST', '/v4.0/ben/group', { memberIds: [anaId] }, asBen)
      for (const issuedTo of [anaId, String(group.body.id)]) {
        const at = await place()
        const share = { issuedTo, paths: { [at.root]: grantOf(flags) } }
        expect((await platform.request('POST', '/v4.0/ben/share', share, asBen)).status).toBe(201)
        expect(await tryAll(at, 'ana', ANA.token)).toEqual(expected(new Set(flags)))
      }
    }
  )

  test.each(
    combinations(['dropRead', 'dropWrite', 'administer']).map(
      (flags) => [flags.join(' ') || 'none', flags] as const
    )
  )('of a token: %s, and reading what is not a drop', async (_name, flags) => {
    const at = await place()
    const paths = { [at.root]: grantOf(flags) }
    const made = await platform.request('POST', '/v4.0/ben/token', { paths }, { 'x-auth-token': BEN.token })
    expect(made.status).toBe(201)
    expect(await tryAll(at, 'ben', String(made.body.tokenString))).toEqual(
      expected(new Set<Flag>(['read', ...flags]))
    )
  })

  test('of a token end at its paths, and a name that only begins alike is another path', async () => {
    const [inside, outside] = [await place(), await place()]
    const paths = { [inside.root]: grantOf(['administer']) }
    const asBen = { 'x-auth-token': BEN.token }
    const made = await platform.request('POST', '/v4.0/ben/token', { paths }, asBen)
    const token = String(made.body.tokenString)
    expect(await tryAll(outside, 'ben', token)).toEqual(expected(new Set()))
    const sibling = await platform.request(
      'POST',
      '/v4.0/ben/flow',
      { path: `${inside.root}Too/flow` },
      asBen
    )
    const as = { 'x-auth-token': token }
    expect(
      (await platform.request('GET', `/v4.0/ben/flow/${String(sibling.body.id)}`, undefined, as)).status
    ).toBe(404)
    const { body } = await platform.request('GET', '/v4.0/ben/flow?limit=1000', undefined, as)
    expect((body as { id: string }[]).map(({ id }) => id)).toEqual([inside.flow])
    expect((await platform.request('GET', '/v4.0/ana/flow', undefined, as)).status).toBe(403)
  })

  test('of grants on nested paths unite', async () => {
    const at = await place()
    const paths = { [at.root]: { dropRead: true }, [`${at.root}/flow`]: { dropWrite: true } }
    await platform.request(
      'POST',
      '/v4.0/ben/share',
      { issuedTo: anaId, paths },
      { 'x-auth-token': BEN.token }
    )
    expect(await tryAll(at, 'ana', ANA.token)).toEqual(expected(new Set<Flag>(['dropRead', 'dropWrite'])))
  })

  test('of a share are listed beside the own flows', async () => {
    const at = await place()
    const own = await platform.flow('own')
    const paths = { [at.root]: { read: true } }
    await platform.request(
      'POST',
      '/v4.0/ben/share',
      { issuedTo: anaId, paths },
      { 'x-auth-token': BEN.token }
    )
    const { body } = await platform.request('GET', '/flow?limit=1000')
    const ids = (body as { id: string }[]).map(({ id }) => id)
    expect([ids.includes(own), ids.includes(at.flow)]).toEqual([true, true])
  })
})

describe('what was granted ends', () => {
  const asBen = { 'x-auth-token': BEN.token }

  test('when a token is deleted or expires, for requests, for open sessions and for pushes', async () => {
    let nowMs = 1_800_000_000_000
    const timed = await startTestPlatform({ clock: { now: () => nowMs } })
    const flow = await timed.flow('watched')
    for (const end of ['delete', 'expire'] as const) {
      const paths = { '/ana/watched': { dropRead: true } }
      const made = await timed.request('POST', '/token', { paths, duration: 1000, description: end })
      expect(made.body).toMatchObject({
        expiresInMs: 1000,
        duration: 1000,
        tokenString: expect.stringMatching(/^\w{28}$/) as string
      })
      const as = { 'x-auth-token': String(made.body.tokenString) }
      const opened = await timed.request('POST', '/session', undefined, { ...as, 'x-auth-account': 'ana' })
      const session = await openSession(`${timed.wsUrl}/session/${String(opened.body.id)}/ws`)
      await session.ask({ type: 'subscribe', object: 'drop', flowId: flow })
      await timed.request('POST', `/drop/${flow}`, { elems: { n: 1 } })
      expect((await session.next()).value.elems).toEqual({ n: 1 })
      if (end === 'delete') await timed.request('DELETE', `/token/${String(made.body.id)}`)
      else nowMs += 1000
      expect((await timed.request('GET', '/flow', undefined, as)).status).toBe(403)
      await timed.request('POST', `/drop/${flow}`, { elems: { n: 2 } })
      expect(
        (await session.ask({ msgId: 1, type: 'findmany', object: 'drop', flowId: flow })).head
      ).toMatchObject({ msgId: 1, status: 403 })
      if (end === 'expire')
        expect((await timed.request('GET', `/token/${String(made.body.id)}`)).body.expiresInMs).toBe(0)
    }
    await timed.close()
  })

  test('when a share is deleted, a member leaves the group, or the group is deleted', async () => {
    const isReadable = async (at: Place): Promise<boolean> =>
      (await platform.request('GET', `/flow/${at.flow}`)).status === 200
    const ends: ((share: string, group: string) => Promise<unknown>)[] = [
      (share) => platform.request('DELETE', `/v4.0/ben/share/${share}`, undefined, asBen),
      (_share, group) => platform.request('PUT', `/v4.0/ben/group/${group}`, { memberIds: [benId] }, asBen),
      (_share, group) => platform.request('PUT', `/v4.0/ben/group/${group}/memberIds`, '[]', asBen),
      (_share, group) => platform.request('DELETE', `/v4.0/ben/group/${group}`, undefined, asBen)
    ]
    for (const end of ends) {
      const at = await place()
      const group = await platform.request('POST', '/v4.0/ben/group', { memberIds: [anaId] }, asBen)
      const share = { issuedTo: group.body.id as unknown, paths: { [at.root]: { read: true } } }
      const shared = await platform.request('POST', '/v4.0/ben/share', share, asBen)
      expect(await isReadable(at)).toBe(true)
      await end(String(shared.body.id), String(group.body.id))
      expect(await isReadable(at)).toBe(false)
    }
  })

  test('not when the platform is started anew', async () => {
    const { path: data, remove } = await temporaryFolder()
    const first = await startTestPlatform({ data })
    const { body: token } = await first.request('POST', '/token', { paths: { '/ana': { dropRead: true } } })
    await first.close()
    const second = await startTestPlatform({ data })
    const as = { 'x-auth-token': String(token.tokenString) }
    expect((await second.request('GET', '/flow', undefined, as)).status).toBe(200)
    await second.close()
    await remove()
  })
})

describe('tokens, shares and groups', () => {
  test.each([
    ['token', {}, 400],
    ['token', { paths: {} }, 400],
    ['token', { paths: { 'no path': {} } }, 400],
    ['token', { paths: { '/ana/x': { dropRead: 'yes' } } }, 400],
    ['token', { paths: { '/ana/x': {} }, duration: 0 }, 400],
    ['token', { paths: { '/ana/x': {} }, description: 5 }, 400],
    ['token', { paths: { '/ben/x': { dropRead: true } } }, 403],
    ['share', { paths: { '/ana/x': {} } }, 400],
    ['share', { issuedTo: 'i000000000000000000000000', paths: { '/ana/x': {} } }, 400],
    ['group', {}, 400],
    ['group', { memberIds: ['i000000000000000000000000'] }, 400],
    ['group', { memberIds: [], displayName: 5 }, 400],
    ['identity', { name: 'eve' }, 403]
  ])('POST /%s %j: %i', async (service, body, status) => {
    expect((await platform.request('POST', `/${service}`, body)).status).toBe(status)
  })

  test('a share of a path that belongs to another: 403', async () => {
    const body = { issuedTo: anaId, paths: { '/ben/x': { read: true } } }
    expect((await platform.request('POST', '/share', body)).status).toBe(403)
  })

  test('tokens and shares cannot be changed, and only their issuer sees them', async () => {
    const token = await platform.request('POST', '/token', { paths: { '/ana/x': {} } })
    const share = await platform.request('POST', '/share', { issuedTo: benId, paths: { '/ana/x': {} } })
    for (const [service, made] of [
      ['token', token],
      ['share', share]
    ] as const) {
      const id = String(made.body.id)
      expect(made.body).toMatchObject({ issuedBy: anaId, creatorId: anaId })
      expect(made.body).not.toHaveProperty('expiresInMs')
      expect((await platform.request('PUT', `/${service}/${id}`, { description: 'x' })).status).toBe(405)
      expect((await platform.request('MPUT', `/${service}`, {})).status).toBe(405)
      expect((await platform.request('GET', `/${service}/${id}`)).body).toEqual(made.body)
      expect(Object.keys((await platform.request('MGET', `/${service}`, [id, 'x'])).body as object)).toEqual([
        id
      ])
      expect(
        (
          await platform.request('GET', `/v4.0/ben/${service}/${id}`, undefined, {
            'x-auth-token': BEN.token
          })
        ).status
      ).toBe(404)
      const found = await platform.request('GET', `/${service}?limit=1000`)
      expect((found.body as { id: string }[]).some((object) => object.id === id)).toBe(true)
      expect(await platform.request('DELETE', `/${service}/${id}`)).toMatchObject({ status: 200, body: {} })
      expect((await platform.request('GET', `/${service}/${id}`)).status).toBe(404)
    }
  })

  test('a token cannot make tokens, shares or groups, nor read them, even with all rights on a path', async () => {
    const made = await platform.request('POST', '/token', { paths: { '/ana': { administer: true } } })
    const as = { 'x-auth-token': String(made.body.tokenString) }
    const attempts = [
      ['GET', '/token', undefined],
      ['POST', '/token', { paths: { '/ana/x': {} } }],
      ['POST', '/share', { issuedTo: benId, paths: { '/ana/x': {} } }],
      ['POST', '/group', { memberIds: [] }],
      ['GET', '/group', undefined],
      ['MGET', '/group', []],
      ['PUT', `/identity/${anaId}`, { email: 'x@y' }]
    ] as const
    for (const [method, path, body] of attempts) {
      expect([path, (await platform.request(method, path, body, as)).status]).toEqual([path, 403])
    }
  })

  test('a group is changed by who made it, read by its members, and not there for others', async () => {
    const asBen = { 'x-auth-token': BEN.token }
    const { body } = await platform.request('POST', '/group', {
      memberIds: [benId, benId],
      displayName: 'team'
    })
    const id = String(body.id)
    expect(body.memberIds).toEqual([benId])
    expect((await platform.request('GET', `/v4.0/ben/group/${id}`, undefined, asBen)).body).toEqual(body)
    expect(
      (await platform.request('PUT', `/v4.0/ben/group/${id}`, { displayName: 'mine' }, asBen)).status
    ).toBe(403)
    expect((await platform.request('DELETE', `/v4.0/ben/group/${id}`, undefined, asBen)).status).toBe(403)
    const changed = await platform.request('MPUT', '/group', { [id]: { memberIds: [], displayName: null } })
    expect(changed.body[id]).toMatchObject({ memberIds: [], lastEditorId: anaId })
    expect(changed.body[id]).not.toHaveProperty('displayName')
    expect((await platform.request('GET', `/v4.0/ben/group/${id}`, undefined, asBen)).status).toBe(404)
  })

  test('an identity sees itself whole and of others what is public', async () => {
    await platform.request('PUT', `/identity/${anaId}`, {
      email: 'ana@example.org',
      displayName: 'Ana',
      name: 'eve'
    })
    const { body } = await platform.request('GET', `/identity/${anaId}`)
    expect(body).toMatchObject({
      name: 'ana',
      email: 'ana@example.org',
      displayName: 'Ana',
      masterToken: ANA.token
    })
    expect(Array.isArray(body.groupIds)).toBe(true)
    const asBen = { 'x-auth-token': BEN.token }
    const seen = await platform.request('GET', `/v4.0/ben/identity/${anaId}`, undefined, asBen)
    expect(Object.keys(seen.body as object).sort()).toEqual(['creationDate', 'displayName', 'id', 'name'])
    const found = await platform.request(
      'GET',
      `/v4.0/ben/identity?filter=${encodeURIComponent('displayName == "Ana"')}`,
      undefined,
      asBen
    )
    expect(found.body).toEqual([seen.body])
    for (const filter of ['email == "ana@example.org"', 'EXISTS masterToken']) {
      expect(
        (
          await platform.request(
            'GET',
            `/v4.0/ben/identity?filter=${encodeURIComponent(filter)}`,
            undefined,
            asBen
          )
        ).body
      ).toEqual([])
    }
    expect(
      (await platform.request('PUT', `/v4.0/ben/identity/${anaId}`, { email: 'x@y' }, asBen)).status
    ).toBe(403)
  })
})
