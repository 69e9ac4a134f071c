import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BEN, startTestPlatform, type TestPlatform } from '../../support/platform.ts'

let platform: TestPlatform
let flow: string
let identity: string
let nowMs = Date.UTC(2026, 0, 31, 23, 30)

beforeAll(async () => {
  platform = await startTestPlatform({ clock: { now: () => nowMs } })
  flow = await platform.flow('counted', { capacity: 1 })
  identity = String((await platform.request('GET', '/identity')).body[0].id)
  for (let n = 0; n < 3; n++) await platform.request('POST', `/drop/${flow}`, { elems: { n } })
  await platform.request('POST', `/drop/${flow}`, { elems: {}, fhash: 'x' })
  await platform.request('POST', `/drop/${flow}`, { elems: {}, fhash: 'x' })
  await platform.request('DELETE', `/drop/${flow}`)
  nowMs = Date.UTC(2026, 1, 1, 0, 30)
  await platform.request('POST', `/drop/${flow}`, { elems: {} })
})
afterAll(async () => {
  await platform.close()
})

const series = async (path: string): Promise<number[]> => {
  const reply = await platform.request('GET', `/statistics/${path}`)
  expect(reply.head.errors).toEqual([])
  return reply.body as number[]
}

describe('statistics', () => {
  test('of a flow: what was added, by month, day, hour and in total, drops that left included', async () => {
    expect(await series(`flowDropAdded/${flow}/2026`)).toEqual([4, 1, ...new Array<number>(10).fill(0)])
    expect(await series(`flowDropAdded/${flow}/2026/01`)).toEqual([...new Array<number>(30).fill(0), 4])
    expect(await series(`flowDropAdded/${flow}/2026/1/31`)).toEqual([...new Array<number>(23).fill(0), 4])
    expect(await series(`flowDropAdded/${flow}/2026?level=year`)).toEqual([5])
    expect(await series(`flowDropAdded/${flow}`)).toEqual([5])
    expect(await series(`flowTracked/${encodeURIComponent('/ana/counted')}/2026?level=YEAR`)).toEqual([0])
  })

  test('of an identity: drops created and calls made, over REST and WebSocket, heartbeats not counted', async () => {
    expect(await series(`dropCreatedBy/${identity}/2026?level=YEAR`)).toEqual([5])
    const calls = async (): Promise<number> =>
      (await series(`apiCallByIdentity/${identity}/2026?level=YEAR`))[0] ?? 0
    const before = await calls()
    await platform.request('GET', '/flow')
    await platform.request('GET', '/flow', undefined, { 'x-auth-token': 'wrong' })
    const session = await platform.session()
    session.send({ type: 'heartbeat' })
    await session.ask({ msgId: 1, type: 'findmany', object: 'flow' })
    // The read, the session, the command, and this question itself.
    expect(await calls()).toBe(before + 4)
  })

  test.each([
    ['an unknown type', () => `moons/${flow}`, 400],
    ['an unknown flow', () => 'flowDropAdded/f000000000000000000000000', 404],
    ['a track, of which there is none', () => 'trackHit/t000000000000000000000000', 404],
    ['an unknown identity', () => 'dropCreatedBy/i000000000000000000000000', 404],
    ['month 13', () => `flowDropAdded/${flow}/2026/13`, 400],
    ['a level that is none', () => `flowDropAdded/${flow}/2026?level=WEEK`, 400]
  ])('%s: refused', async (_name, path, status) => {
    expect((await platform.request('GET', `/statistics/${path()}`)).status).toBe(status)
  })

  test('of another identity: 403; of a flow that is not visible: 404', async () => {
    const asBen = { 'x-auth-token': BEN.token }
    const status = async (path: string): Promise<number> =>
      (await platform.request('GET', `/v4.0/ben/statistics/${path}`, undefined, asBen)).status
    expect(await status(`apiCallByIdentity/${identity}`)).toBe(403)
    expect(await status(`flowDropAdded/${flow}`)).toBe(404)
  })
})
