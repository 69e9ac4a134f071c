import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestPlatform, until, type Loose, type TestPlatform } from '../../support/platform.ts'
import type { PlatformOptions } from '../../../src/platform/index.ts'

interface Fixture {
  readonly platform: TestPlatform
  readonly url: string
  readonly flowId: string
  readonly poll: () => Promise<Loose[]>
  readonly send: (commands: unknown) => Promise<number>
}

async function start(times: PlatformOptions['times'] = {}): Promise<Fixture> {
  const platform = await startTestPlatform({ times })
  onTestFinished(platform.close)
  const flowId = await platform.flow('in')
  const opened = await platform.request('POST', '/session', undefined, { 'x-auth-account': 'ana' })
  const url = `${platform.url}/session/${String(opened.body.id)}`
  return {
    platform,
    url,
    flowId,
    poll: async () => (await (await fetch(`${url}/polling`)).json()) as Loose[],
    send: async (commands) =>
      (await fetch(`${url}/send`, { method: 'POST', body: JSON.stringify(commands) })).status
  }
}

const create = async ({ platform, flowId }: Fixture, n: number) =>
  await platform.request('POST', `/drop/${flowId}`, { elems: { n } })

/** The lines of a streaming answer, as they come. */
async function readLines(response: Response, lines: Loose[]): Promise<void> {
  let rest = ''
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    rest += Buffer.from(bytes).toString()
    const complete = rest.split('\n')
    rest = complete.pop() ?? ''
    lines.push(...complete.map((line) => JSON.parse(line) as Loose))
  }
}

describe('polling', () => {
  test('answers replies and pushes as arrays, and what came while the client was away', async () => {
    const session = await start()
    const { flowId } = session
    expect(
      await session.send([{ msgId: 'a', type: 'subscribe', object: 'drop', flowId }, { type: 'heartbeat' }])
    ).toBe(202)
    const replies = await session.poll()
    expect(replies.map(({ head, body }) => [head.msgId, head.status, body] as unknown)).toEqual([
      ['a', 200, {}]
    ])
    for (const n of [1, 2, 3]) await create(session, n)
    const pushed: Loose[] = []
    while (pushed.length < 3) pushed.push(...(await session.poll()))
    expect(pushed.map(({ type, resource, value }) => [type, resource, value.elems.n] as unknown)).toEqual(
      [1, 2, 3].map((n) => ['message', flowId, n])
    )
  })

  test('a poll waits for the first message, and is answered empty after a while', async () => {
    const session = await start({ idlePollMs: 100 })
    expect(await session.poll()).toEqual([])
    await session.send({ msgId: 1, type: 'nonsense', object: 'drop' })
    expect((await session.poll())[0].head).toMatchObject({ msgId: 1, status: 400 })
  })

  test('the session ends when nobody polls for the time of grace', async () => {
    const session = await start({ graceMs: 50 })
    await session.send({ msgId: 1, type: 'subscribe', object: 'drop', flowId: session.flowId })
    await until(async () => (await session.send({ type: 'heartbeat' })) === 404, 30_000)
    expect((await fetch(`${session.url}/polling`)).status).toBe(404)
  })

  test('a second request that reads the session is refused, and so is a socket', async () => {
    const session = await start()
    const waiting = session.poll()
    await until(async () => {
      const { status } = await fetch(`${session.url}/streaming`)
      return status === 409
    })
    const socket = await fetch(`${session.url}/ws`, {
      headers: { connection: 'upgrade', upgrade: 'websocket' }
    }).catch(() => undefined)
    expect(socket?.status ?? 409).not.toBe(101)
    await session.send({ msgId: 1, type: 'find', object: 'flow', id: session.flowId })
    expect((await waiting)[0].body.id).toBe(session.flowId)
  })
})

describe('streaming', () => {
  test('writes one message a line, in order, and the session ends with it', async () => {
    const session = await start()
    const { flowId } = session
    const ending = new AbortController()
    const response = await fetch(`${session.url}/streaming`, { signal: ending.signal })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    const lines: Loose[] = []
    const reading = readLines(response, lines).catch(() => undefined)
    await session.send({ msgId: 1, type: 'subscribe', object: 'drop', flowId })
    await until(() => lines.length === 1)
    for (const n of [1, 2, 3]) await create(session, n)
    await until(() => lines.length === 4)
    expect(lines[0].head).toMatchObject({ msgId: 1, ok: true })
    expect(lines.slice(1).map(({ value }) => value.elems.n as unknown)).toEqual([1, 2, 3])
    ending.abort()
    await reading
    await until(async () => (await session.send({ type: 'heartbeat' })) === 404)
  })

  test('an unknown session answers 404 in the envelope, and a body that is no JSON 400', async () => {
    const session = await start()
    for (const [method, path] of [
      ['GET', 'streaming'],
      ['GET', 'polling'],
      ['POST', 'send']
    ] as const) {
      const response = await fetch(`${session.platform.url}/session/unknown/${path}`, { method })
      expect([response.status, ((await response.json()) as Loose).head.ok]).toEqual([404, false])
    }
    expect((await fetch(`${session.url}/send`, { method: 'POST', body: '{' })).status).toBe(400)
  })
})

test('a platform that ends lets go of polls and streams at once', async () => {
  const session = await start()
  const waiting = session.poll()
  // The poll is there when another one is refused.
  await until(async () => (await fetch(`${session.url}/polling`)).status === 409)
  await session.platform.close()
  expect(await waiting).toEqual([])
})
