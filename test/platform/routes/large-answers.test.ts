import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestPlatform, temporaryFolder, type TestPlatform } from '../../support/platform.ts'

const TEXT = 'ä'.repeat(400_000)
const NUMBERS = [1, 2, 3]

let platform: TestPlatform
let flow: string
let remove: () => Promise<void>

beforeAll(async () => {
  const folder = await temporaryFolder()
  remove = folder.remove
  platform = await startTestPlatform({ data: folder.path })
  flow = await platform.flow('large')
  for (const n of NUMBERS) await platform.request('POST', `/drop/${flow}`, { elems: { n, text: TEXT } })
})
afterAll(async () => {
  await platform.close()
  await remove()
})

const whole = NUMBERS.map((n) => ({ n, text: TEXT }))
const elems = (drops: unknown): unknown => (drops as { elems: object }[]).map((drop) => drop.elems)

test.each([
  ['plain', {}],
  ['packed', { 'accept-encoding': 'gzip' }]
])('a find of some megabytes comes whole: %s', async (_name, headers) => {
  const { body } = await platform.request('GET', `/drop/${flow}?order=asc`, undefined, headers)
  expect(elems(body)).toEqual(whole)
})

test.each([15, 17, 40, 70, 200])('an answer of about %i KiB comes whole', async (kib) => {
  const some = await platform.flow(`some${String(kib)}`)
  const text = 'x'.repeat(1000)
  for (let n = 0; n < kib; n++) await platform.request('POST', `/drop/${some}`, { elems: { n, text } })
  const { status, body } = await platform.request('GET', `/drop/${some}?limit=1000&order=asc`)
  expect([status, elems(body)]).toEqual([200, Array.from({ length: kib }, (_, n) => ({ n, text }))])
})

test('so does a find in several flows, and one over a session', async () => {
  const { body } = await platform.request('MGET', '/drop', [{ flowId: flow, params: { order: 'asc' } }])
  expect(elems(body[flow])).toEqual(whole)
  const session = await platform.session()
  const reply = await session.ask({
    type: 'findmany',
    object: 'drop',
    flowId: flow,
    options: { order: 'asc' }
  })
  expect(elems(reply.body)).toEqual(whole)
})
