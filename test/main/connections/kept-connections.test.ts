import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/shared/model/connection.ts'
import type { Result } from '../../../src/shared/result.ts'
import { createTestApi, startTestPlatform, TEST_TOKEN } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { createMemoryKeychain } from '../../support/memory-keychain.ts'
import type { MemoryKeychain } from '../../support/memory-keychain.ts'
import { openTestConnections, profileAt } from '../../support/opened-connections.ts'
import type { TestConnections } from '../../support/opened-connections.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

let directory: string
let platform: TestPlatform
let keychain: MemoryKeychain
let opened: TestConnections
const others: { close(): Promise<void> }[] = []

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-connections-'))
  platform = await startTestPlatform()
  keychain = createMemoryKeychain()
  opened = openTestConnections(directory, keychain)
})
afterEach(async () => {
  await opened.close()
  await platform.close()
  for (const other of others.splice(0)) await other.close()
  rmSync(directory, { recursive: true, force: true })
})

const save = async (host = platform.host, over = {}, apiToken: string = TEST_TOKEN): Promise<Connection> =>
  valueOf(await opened.kept.save({ profile: profileAt(host, over), apiToken }))
const statusOf = ({ id }: Connection) => opened.connections.find(id)?.status
const untilConnected = (connection: Connection): Promise<void> =>
  until('it is connected', () => statusOf(connection)?.kind === 'connected')
const readFlows = (connection: Connection) =>
  opened.connections.use(connection.id, ({ api }) => api.flow.findMany())

/** A server that answers every request with the same page. */
async function startPage(status: number, text: string): Promise<{ host: string; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
    response.writeHead(status, { 'content-type': 'text/html' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  others.push({
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve()
        })
      )
  })
  return { host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, requests }
}

describe('a connection that is saved', () => {
  test('is closed until something is asked of it, and then opens', async () => {
    const saved = await save()
    expect(saved).toMatchObject({
      name: 'Plant',
      account: 'ana',
      host: platform.host,
      isLocal: false,
      status: { kind: 'closed' },
      tokenKeeping: 'keychain'
    })
    expect(valueOf(await readFlows(saved))).toEqual([])
    await untilConnected(saved)
    expect(opened.statusesOf(saved.id)).toEqual(['closed', 'starting', 'connected'])
  })

  test('is there in the next run, its token in the keychain and in no file', async () => {
    const saved = await save(platform.host, { colour: 3, environment: 'test' })
    await opened.close()
    for (const name of readdirSync(directory)) {
      expect(readFileSync(join(directory, name), 'utf8')).not.toContain(TEST_TOKEN)
    }
    opened = openTestConnections(directory, keychain)
    expect(opened.connections.list()[1]).toEqual({ ...saved, status: { kind: 'closed' } })
    expect(valueOf(await readFlows(saved))).toEqual([])
  })

  test('opens when it is told to, and says when it is closed again', async () => {
    const saved = await save()
    expect(valueOf(await opened.kept.open(saved.id)).status.kind).toBe('connected')
    expect(valueOf(await opened.kept.close(saved.id)).status).toEqual({ kind: 'closed' })
    expect(valueOf(await readFlows(saved))).toEqual([])
  })

  test('protects its token before anything else is done with it', async () => {
    await save(platform.host, {}, 'another-token-of-ana')
    expect(opened.log.secrets).toContain('another-token-of-ana')
  })

  test.each([
    ['a profile that cannot be', { host: 'http://x' }, TEST_TOKEN, 'Leave out http://'],
    ['a token with a line break', {}, 'to\nken', 'A token has no spaces'],
    ['a token that stands in the name too', { name: `Plant ${TEST_TOKEN}` }, TEST_TOKEN, 'another field']
  ])('is refused for %s, and nothing of it is kept', async (_words, over, apiToken, words) => {
    const refused = await opened.kept.save({ profile: profileAt(platform.host, over), apiToken })
    expect(refused).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
    expect(refused.ok ? '' : refused.failure.message).toContain(words)
    expect([opened.kept.profiles(), [...keychain.secrets]]).toEqual([[], []])
  })

  test('is gone with its token when it is deleted', async () => {
    const saved = await save()
    await opened.kept.open(saved.id)
    expect(await opened.kept.remove(saved.id)).toEqual({ ok: true, value: null })
    expect(opened.connections.list()).toHaveLength(1)
    expect([...keychain.secrets]).toEqual([])
    expect(opened.events.at(-1)).toEqual({ name: 'connectionRemoved', payload: { connectionId: saved.id } })
    for (const ask of [
      readFlows(saved),
      opened.kept.remove(saved.id),
      opened.kept.open(saved.id),
      opened.kept.close(saved.id),
      opened.kept.save({ connectionId: saved.id, profile: profileAt(platform.host) })
    ]) {
      expect(await ask).toMatchObject({ ok: false, failure: { message: 'There is no such connection.' } })
    }
  })

  test('the local one has no profile to delete', async () => {
    expect(await opened.kept.remove('local')).toMatchObject({ ok: false })
    expect(await opened.kept.token('local')).toEqual({ ok: true, value: 'token-of-the-local-platform' })
  })
})

describe('several at once', () => {
  test('two platforms are open, and live drops of both arrive, each under its own connection', async () => {
    const second = await startTestPlatform()
    others.push(second)
    const a = await save()
    const b = await save(second.host, { name: 'Second' })
    for (const [connection, host] of [
      [a, platform.host],
      [b, second.host]
    ] as const) {
      const direct = createTestApi(platform, host)
      const flow = valueOf(await direct.flow.create({ path: '/ana/live' }))
      valueOf(
        await opened.connections.use(connection.id, ({ subscriptions }) =>
          subscriptions.subscribe({ path: '/ana/live' })
        )
      )
      valueOf(await direct.drop(flow.id).create({ elems: { from: connection.name } }))
      await direct.close()
    }
    await until('both drops are there', () => opened.drops.length === 2)
    const connectionOf = (subscriptionId: number) =>
      opened.markers.flatMap((marker) =>
        marker.kind === 'subscribed' && marker.subscriptionId === subscriptionId ? [marker.connectionId] : []
      )[0]
    expect(
      opened.drops.map(({ subscriptionId, text }) => [
        connectionOf(subscriptionId),
        (JSON.parse(text) as { elems: { from: string } }).elems.from
      ])
    ).toEqual([
      [a.id, 'Plant'],
      [b.id, 'Second']
    ])

    await opened.kept.close(a.id)
    expect(opened.markers.at(-1)).toMatchObject({ kind: 'unsubscribed', connectionId: a.id })
    expect(statusOf(b)?.kind).toBe('connected')
  })
})

describe('a connection that is edited while it is open', () => {
  test('goes to its new server at once', async () => {
    const second = await startTestPlatform()
    others.push(second)
    const saved = await save()
    await opened.kept.open(saved.id)
    await opened.kept.save({ connectionId: saved.id, profile: profileAt(second.host) })
    await untilConnected(saved)
    expect(opened.statusesOf(saved.id)).toEqual([
      'closed',
      'starting',
      'connected',
      'closed',
      'starting',
      'connected'
    ])
    await platform.close()
    expect(valueOf(await readFlows(saved))).toEqual([])
  })

  test('keeps following when only its token changes, and connects with the new one', async () => {
    const direct = createTestApi(platform, platform.host)
    const flow = valueOf(await direct.flow.create({ path: '/ana/live' }))
    const issued = valueOf(
      await direct.request('POST', '/token', { paths: { '/ana': { dropRead: true, dropWrite: true } } })
    ) as { tokenString: string }
    const saved = await save()
    await opened.kept.open(saved.id)
    await opened.connections.use(saved.id, ({ subscriptions }) =>
      subscriptions.subscribe({ flowId: flow.id })
    )
    await opened.kept.save({
      connectionId: saved.id,
      profile: profileAt(platform.host),
      apiToken: issued.tokenString
    })
    await untilConnected(saved)
    await direct.drop(flow.id).create({ elems: { n: 1 } })
    await until('the drop is there', () => opened.drops.length === 1)
    // What the master token may and this one may not.
    expect(await opened.connections.use(saved.id, ({ api }) => api.request('GET', '/token'))).toMatchObject({
      ok: false,
      failure: { code: 'platform/forbidden' }
    })
    await direct.close()
  })

  test('takes a new name without connecting again', async () => {
    const saved = await save()
    await opened.kept.open(saved.id)
    const renamed = valueOf(
      await opened.kept.save({ connectionId: saved.id, profile: profileAt(platform.host, { name: 'Works' }) })
    )
    expect([renamed.name, renamed.status.kind]).toEqual(['Works', 'connected'])
    expect(opened.statusesOf(saved.id)).toEqual(['closed', 'starting', 'connected'])
  })

  test('follows the defaults where its profile leaves something open', async () => {
    valueOf(await opened.kept.changeDefaults({ host: platform.host, isSecure: false }))
    const saved = await save('', { isSecure: null })
    expect(valueOf(await opened.kept.open(saved.id)).host).toBe(platform.host)
    const second = await startTestPlatform()
    others.push(second)
    valueOf(await opened.kept.changeDefaults({ host: second.host }))
    await untilConnected(saved)
    expect(opened.connections.find(saved.id)?.host).toBe(second.host)
    expect(await opened.kept.changeDefaults({ version: '../x' })).toMatchObject({ ok: false })
  })
})

describe('a connection that does not come about', () => {
  test('with a token that is refused it says so, stops asking, and tries again with a better one', async () => {
    const saved = await save(platform.host, {}, 'not-the-token-of-ana-0123456789a')
    const failed = valueOf(await opened.kept.open(saved.id))
    expect(failed.status).toMatchObject({ kind: 'failed' })
    expect(failed.status.kind === 'failed' ? failed.status.reason : '').toContain('refused this token')
    await opened.kept.save({
      connectionId: saved.id,
      profile: profileAt(platform.host),
      apiToken: TEST_TOKEN
    })
    await untilConnected(saved)
  })

  test('with nobody at the other end it keeps trying, and comes up when somebody is there', async () => {
    const proxy = await openTcpProxy(platform.host)
    others.push(proxy)
    const saved = await save(proxy.host)
    proxy.refuse(true)
    expect(valueOf(await opened.kept.open(saved.id)).status).toMatchObject({ kind: 'reconnecting' })
    proxy.refuse(false)
    await untilConnected(saved)
  })

  test('with something else at the other end it says what it found, and asks no more', async () => {
    const page = await startPage(200, '<html>Welcome</html>')
    const saved = await save(page.host)
    const { status } = valueOf(await opened.kept.open(saved.id))
    expect(status).toMatchObject({ kind: 'failed' })
    const asked = page.requests.length
    expect(valueOf(await opened.kept.open(saved.id)).status.kind).toBe('failed')
    // Told to try again it did so once more.
    expect(page.requests.length).toBe(asked * 2)
  })

  test('without a token it says where to put one', async () => {
    const saved = valueOf(await opened.kept.save({ profile: profileAt(platform.host) }))
    expect(saved.tokenKeeping).toBe('none')
    expect(await readFlows(saved)).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
    expect(statusOf(saved)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('no token') as string
    })
    await opened.kept.save({
      connectionId: saved.id,
      profile: profileAt(platform.host),
      apiToken: TEST_TOKEN
    })
    await untilConnected(saved)
  })

  test('forgetting the token of an open one ends it', async () => {
    const saved = await save()
    await opened.kept.open(saved.id)
    await opened.kept.save({ connectionId: saved.id, profile: profileAt(platform.host), apiToken: null })
    expect(statusOf(saved)?.kind).toBe('failed')
    expect(opened.connections.find(saved.id)?.tokenKeeping).toBe('none')
  })

  test('closing while it opens ends both', async () => {
    const saved = await save()
    const asked = opened.kept.open(saved.id)
    await opened.kept.close(saved.id)
    await asked
    expect(statusOf(saved)).toEqual({ kind: 'closed' })
  })
})

describe('what is sent', () => {
  test('whose token is revoked while it is open fails with a reason, and asks no more', async () => {
    const direct = createTestApi(platform, platform.host)
    const issued = valueOf(await direct.token.create({ paths: { '/ana': { dropRead: true } } }))
    const proxy = await openTcpProxy(platform.host)
    others.push(direct, proxy)
    const saved = await save(proxy.host, {}, issued.tokenString)
    expect(valueOf(await opened.kept.open(saved.id)).status.kind).toBe('connected')
    valueOf(await direct.token.delete(issued.id))
    proxy.cut()
    await until('it has failed', () => statusOf(saved)?.kind === 'failed')
    expect(opened.statusesOf(saved.id)).toEqual(['closed', 'starting', 'connected', 'reconnecting', 'failed'])
    expect(proxy.connections()).toBeLessThan(2)
  })

  test('default parameters go with every request, the session too', async () => {
    const page = await startPage(500, '')
    await opened.kept.changeDefaults({ parameters: [{ name: 'trace', value: 'a b' }] })
    const saved = await save(page.host, { version: '0.1', parameters: [{ name: 'hints', value: '1' }] })
    await readFlows(saved)
    expect(page.requests.filter((request) => request.startsWith('GET'))[0]).toBe(
      'GET /v0.1/ana/flow?trace=a%20b&hints=1'
    )
    expect(page.requests).toContain('POST /session?trace=a%20b&hints=1')
  })

  test('a read-only connection refuses every write in main, and the switch counts at once', async () => {
    const direct = createTestApi(platform, platform.host)
    const flow = valueOf(await direct.flow.create({ path: '/ana/kept' }))
    const drop = valueOf(await direct.drop(flow.id).create({ elems: { n: 1 } }))
    const saved = await save(platform.host, { isReadOnly: true })
    await opened.kept.open(saved.id)
    const refused = { ok: false, failure: { code: 'request/read-only', retryable: false } }
    const use: typeof opened.connections.use = (id, ask) => opened.connections.use(id, ask)
    const frame = (command: object) =>
      use(saved.id, (connection) =>
        connection.sendFrame(JSON.stringify({ object: 'drop', flowId: flow.id, ...command }))
      )
    const writes = await Promise.all([
      use(saved.id, ({ api }) => api.flow.create({ path: '/ana/other' })),
      use(saved.id, ({ api }) => api.flow.update(flow.id, { description: 'x' })),
      use(saved.id, ({ api }) => api.flow.delete(flow.id)),
      use(saved.id, ({ api }) => api.drop(flow.id).create({ elems: { n: 2 } })),
      use(saved.id, ({ api }) => api.drop(flow.id).update(drop.id, { elems: { n: 2 } })),
      use(saved.id, ({ api }) => api.drop(flow.id).updateMember(drop.id, 'elems.n', 2)),
      use(saved.id, ({ api }) => api.drop(flow.id).updateMany([{ id: drop.id, elems: { n: 2 } }])),
      use(saved.id, ({ api }) => api.drop(flow.id).delete(drop.id)),
      use(saved.id, ({ api }) => api.drop(flow.id).deleteAll()),
      use(saved.id, ({ api }) => api.track.create({ source: flow.path, destination: '/ana/other' })),
      use(saved.id, ({ api }) => api.token.create({ paths: { '/ana': { dropRead: true } } })),
      use(saved.id, async ({ api }) => {
        const batch = api.batch<Result<null>>()
        batch.add((verbs) => verbs.flow.delete(flow.id))
        const [only] = await batch.results()
        return only as Result<null>
      }),
      use(saved.id, ({ api }) => api.request('MPUT', `/drop/${flow.id}`, {})),
      use(saved.id, ({ api }) => api.exchange('PUT', `/flow/${flow.id}`, { text: '{}' })),
      use(saved.id, ({ api }) => api.exchange('POST', `/drop/${flow.id}`, { text: '{}' })),
      frame({ type: 'create', value: { elems: { n: 3 } } }),
      frame({ type: 'update', id: drop.id, value: { elems: { n: 3 } } }),
      frame({ type: 'delete', id: drop.id })
    ])
    for (const write of writes) expect(write).toMatchObject(refused)

    valueOf(await use(saved.id, ({ api }) => api.drop(flow.id).findMany()))
    valueOf(await use(saved.id, ({ api }) => api.drop(flow.id).read(drop.id)))
    valueOf(await use(saved.id, ({ api }) => api.request('MGET', '/flow', [flow.id])))
    valueOf(
      await use(saved.id, ({ api }) =>
        api.request('POST', `/drop/${flow.id}/aggregate`, { output: ['$count'], groupBy: [] })
      )
    )
    valueOf(await use(saved.id, ({ subscriptions }) => subscriptions.subscribe({ flowId: flow.id })))
    valueOf(await frame({ type: 'find', id: drop.id }))
    expect(valueOf(await direct.drop(flow.id).findMany())).toHaveLength(1)
    await direct.close()

    await opened.kept.save({ connectionId: saved.id, profile: profileAt(platform.host) })
    valueOf(await use(saved.id, ({ api }) => api.drop(flow.id).create({ elems: { n: 2 } })))
  })
})

describe('the file of profiles', () => {
  test('one that is damaged is moved aside and told', async () => {
    await save()
    await opened.close()
    writeFileSync(join(directory, 'connections.json'), '{"connections": [')
    opened = openTestConnections(directory, keychain)
    expect(opened.kept.profiles()).toEqual([])
    expect(opened.notices.all()).toHaveLength(1)
    expect(readdirSync(directory).some((name) => name.startsWith('connections.damaged-'))).toBe(true)
  })

  test('a profile that does not fit costs only itself, and is kept aside and told', async () => {
    await save()
    await save(platform.host, { name: 'Second' })
    await opened.close()
    const file = join(directory, 'connections.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Second"', '"Second", "newer": 7'))
    opened = openTestConnections(directory, keychain)
    expect(opened.kept.profiles().map(({ profile }) => profile.name)).toEqual(['Plant'])
    const [notice] = opened.notices.all()
    expect(notice?.message).toContain('connections.json')
    await save(platform.host, { name: 'Third' })
    const aside = readdirSync(directory).filter((name) => name.startsWith('connections.unread-'))
    expect(aside).toHaveLength(1)
    expect(notice?.hint).toContain(aside[0])
    expect(readFileSync(join(directory, aside[0] ?? ''), 'utf8')).toContain('"newer": 7')
    // The next start finds nothing to tell.
    await opened.close()
    opened = openTestConnections(directory, keychain)
    expect(opened.notices.all()).toEqual([])
    expect(opened.kept.profiles().map(({ profile }) => profile.name)).toEqual(['Plant', 'Third'])
  })
})

test('deleting a connection takes what was kept under its id out of every file, and nothing else', async () => {
  const gone = await save()
  const { stores } = opened
  const both = (entry: (connectionId: string) => object) =>
    [gone.id, 'another'].map((connectionId) => ({ connectionId, ...entry(connectionId) }))
  stores.filters.write({ connections: both(() => ({ recent: ['n > 1'], named: [] })) } as never)
  stores.aggregations.write({ connections: both(() => ({ recent: [], named: [] })) } as never)
  stores.requests.write({ connections: both(() => ({ sent: [] })) } as never)
  stores.drafts.write({
    drafts: both(() => ({ flowId: 'f1', path: '/a', dropId: 'd1', wholeText: '', text: '{', keptAtMs: 1 }))
  } as never)
  valueOf(await opened.kept.remove(gone.id))
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'))
  expect(files.length).toBeGreaterThanOrEqual(5)
  for (const name of files) {
    const text = readFileSync(join(directory, name), 'utf8')
    expect({ name, isGone: !text.includes(gone.id) }).toEqual({ name, isGone: true })
    if (name !== 'connections.json') expect(text).toContain('another')
  }
})
