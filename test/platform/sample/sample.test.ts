import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestPlatform, temporaryFolder, until, type TestPlatform } from '../../support/platform.ts'

const PAUSED = { isPaused: true, ratePerSecond: 2 }
const FLOWS = ['earthquakes', 'flights/departures', 'weather/seattle']

async function start(
  data: string,
  sample: { isPaused: boolean; ratePerSecond: number }
): Promise<TestPlatform> {
  const platform = await startTestPlatform({ data, sample })
  onTestFinished(platform.close)
  return platform
}

const key = (name: string): string => encodeURIComponent(`/ana/sample/${name}`)

async function counts(platform: TestPlatform): Promise<Record<string, number>> {
  const found = FLOWS.map(async (name) => {
    const { body } = await platform.request('GET', `/drop/${key(name)}?limit=100000&only=version`)
    return [name, (body as unknown[]).length] as const
  })
  return Object.fromEntries(await Promise.all(found))
}

describe('the sample world', () => {
  test('is there from the first request, with its types', async () => {
    const platform = await start(':memory:', PAUSED)
    expect(await counts(platform)).toEqual({
      earthquakes: 1707,
      'flights/departures': 5000,
      'weather/seattle': 8759
    })
    const { body } = await platform.request(
      'GET',
      `/drop/${key('earthquakes')}?hints=1&limit=1&filter=${encodeURIComponent('fhash == "ci37868143"')}`
    )
    expect(body[0]).toMatchObject({
      fhash: 'ci37868143',
      location: { lat: 34.4945, lon: -118.6671667 },
      elems: {
        place: { type: 'string', value: '4km W of Castaic, CA' },
        time: { type: 'date', value: 1517966773840 },
        tsunami: { type: 'boolean', value: false }
      }
    })
  })

  test('is loaded once: a restart adds nothing, and flows that were deleted stay away', async () => {
    const { path, remove } = await temporaryFolder()
    onTestFinished(remove)
    const first = await start(path, PAUSED)
    await first.request('DELETE', `/flow/${key('flights/departures')}`)
    await first.request('DELETE', `/drop/${key('earthquakes')}`)
    await first.close()
    const second = await start(path, PAUSED)
    const { body } = await second.request('GET', '/flow?only=path')
    expect((body as { path: string }[]).map(({ path: flowPath }) => flowPath).sort()).toEqual([
      '/ana/sample/earthquakes',
      '/ana/sample/weather/seattle'
    ])
    expect((await second.request('GET', `/drop/${key('earthquakes')}`)).body).toEqual([])
  })
})

describe('the replay', () => {
  test('adds real rows in order, goes on where it was, and a paused one adds none', async () => {
    const { path, remove } = await temporaryFolder()
    onTestFinished(remove)
    const weather = async (platform: TestPlatform): Promise<number[]> => {
      const { body } = await platform.request(
        'GET',
        `/drop/${key('weather/seattle')}?limit=20000&order=asc&only=time`
      )
      return (body as { elems: { time: number } }[]).slice(8759).map(({ elems }) => elems.time)
    }
    const first = await start(path, { isPaused: false, ratePerSecond: 400 })
    await until(async () => (await weather(first)).length >= 5)
    expect(first.replay?.change({ isPaused: true })).toEqual({ isPaused: true, ratePerSecond: 400 })
    await until(async () => {
      const before = (await weather(first)).length
      await new Promise((resolve) => setTimeout(resolve, 60))
      return (await weather(first)).length === before
    })
    const added = await weather(first)
    await first.close()
    const second = await start(path, { isPaused: false, ratePerSecond: 400 })
    await until(async () => (await weather(second)).length > added.length)
    await second.close()
    expect(added.every((time, index) => index === 0 || time - (added[index - 1] ?? 0) === 3_600_000)).toBe(
      true
    )
  })

  test('pushes its drops like any other', async () => {
    const platform = await start(':memory:', PAUSED)
    const session = await platform.session()
    await session.ask({ type: 'subscribe', object: 'drop', path: '/ana/sample/weather/seattle' })
    platform.replay?.change({ isPaused: false, ratePerSecond: 100 })
    const [first, second] = [await session.next(), await session.next()]
    expect(second.value.elems.time - first.value.elems.time).toBe(3_600_000)
  })

  test('goes on with the other flows when one was deleted', async () => {
    const platform = await start(':memory:', PAUSED)
    await platform.request('DELETE', `/flow/${key('weather/seattle')}`)
    platform.replay?.change({ isPaused: false, ratePerSecond: 200 })
    await until(async () => ((await counts(platform))['flights/departures'] ?? 0) > 5002)
  })
})
