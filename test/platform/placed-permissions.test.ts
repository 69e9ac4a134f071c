import { afterAll, beforeAll, expect, test } from 'vitest'
import { ANA, BEN, startTestPlatform, type Loose, type TestPlatform } from '../support/platform.ts'

/** Rights on tracks, tasks and devices, which lie at a flow's path: right × verb × kind, by share and by token. */

const FLAGS = ['read', 'write', 'dropRead', 'dropWrite'] as const
type Flag = (typeof FLAGS)[number]

const KINDS = {
  track: (path: string) => ({ source: path, destination: path }),
  'api-task': (path: string) => ({ destination: path, js: 'function () {}' }),
  mqtt: (path: string) => ({ destination: path, uri: 'tcp://broker', topic: 't' }),
  rss: (path: string) => ({ destination: path, url: 'https://example.com' })
} as const
const NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[]

const AS_BEN = { 'x-auth-token': BEN.token }
let platform: TestPlatform
let anaId: string
let number = 0

beforeAll(async () => {
  platform = await startTestPlatform()
  const { body } = await platform.request('GET', '/identity')
  anaId = String(body[0].id)
})
afterAll(async () => {
  await platform.close()
})

/** A fresh flow of ben's, and an object of each kind at its path. */
async function place(): Promise<{ readonly path: string; readonly ids: Readonly<Record<string, string>> }> {
  const path = `/ben/placed${String(number++)}`
  await platform.request('POST', '/v4.0/ben/flow', { path }, AS_BEN)
  const made = NAMES.map(async (kind) => {
    const reply = await platform.request('POST', `/v4.0/ben/${kind}`, KINDS[kind](path), AS_BEN)
    if (reply.status !== 201) throw new Error(reply.head.errors.join())
    return [kind, String(reply.body.id)] as const
  })
  return { path, ids: Object.fromEntries(await Promise.all(made)) }
}

/** The status of each verb on each kind. */
async function tryAll(
  { path, ids }: Awaited<ReturnType<typeof place>>,
  account: string,
  token: string
): Promise<Record<string, Record<string, number>>> {
  const tried: Record<string, Record<string, number>> = {}
  for (const kind of NAMES) {
    const ask = async (method: string, url: string, body?: unknown) =>
      await platform.request(method, `/v4.0/${account}/${kind}${url}`, body, { 'x-auth-token': token })
    const id = ids[kind] ?? ''
    const found = (await ask('GET', '?limit=1000')).body as Loose[]
    tried[kind] = {
      read: (await ask('GET', `/${id}`)).status,
      find: found.some((each) => each.id === id) ? 200 : 404,
      readMany: id in ((await ask('MGET', '', [id])).body as object) ? 200 : 404,
      change: (await ask('PUT', `/${id}`, { description: 'x' })).status,
      changeMember: (await ask('PUT', `/${id}/description`, '"x"')).status,
      create: (await ask('POST', '', KINDS[kind](path))).status,
      remove: (await ask('DELETE', `/${id}`)).status
    }
  }
  return tried
}

function expected(flags: ReadonlySet<Flag>): Record<string, Record<string, number>> {
  const isVisible = flags.size > 0
  const hidden = isVisible ? 403 : 404
  const mayWrite = flags.has('write') && flags.has('dropWrite')
  return Object.fromEntries(
    NAMES.map((kind) => [
      kind,
      {
        read: flags.has('read') ? 200 : hidden,
        find: flags.has('read') ? 200 : 404,
        readMany: flags.has('read') ? 200 : 404,
        change: mayWrite ? 200 : hidden,
        changeMember: mayWrite ? 200 : hidden,
        // The ends of a track that the caller cannot see are not there.
        create: mayWrite ? 201 : kind === 'track' && !isVisible ? 400 : 403,
        remove: flags.has('write') ? 200 : hidden
      }
    ])
  )
}

const combinations = FLAGS.reduce<Flag[][]>(
  (sets, flag) => [...sets, ...sets.map((set) => [...set, flag])],
  [[]]
)

test.each(combinations.map((flags) => [flags.join(' ') || 'none', flags] as const))(
  'of a share: %s',
  async (_name, flags) => {
    const at = await place()
    const paths = { [at.path]: Object.fromEntries(flags.map((flag) => [flag, true])) }
    expect(
      (await platform.request('POST', '/v4.0/ben/share', { issuedTo: anaId, paths }, AS_BEN)).status
    ).toBe(201)
    expect(await tryAll(at, 'ana', ANA.token)).toEqual(expected(new Set(flags)))
  }
)

test('of the identity itself and of another without a share', async () => {
  expect(await tryAll(await place(), 'ana', ANA.token)).toEqual(expected(new Set()))
  expect(await tryAll(await place(), 'ben', BEN.token)).toEqual(expected(new Set(FLAGS)))
})

test.each([
  ['dropRead and dropWrite', { dropRead: true, dropWrite: true }, ['read', 'dropRead', 'dropWrite']],
  ['administer', { administer: true }, FLAGS]
] as const)('of a token with %s', async (_name, grant, flags) => {
  const at = await place()
  const token = await platform.request('POST', '/v4.0/ben/token', { paths: { [at.path]: grant } }, AS_BEN)
  expect(await tryAll(at, 'ben', String(token.body.tokenString))).toEqual(expected(new Set(flags)))
})
