import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestPlatform } from '../support/platform.ts'
import { startTestPlatform, temporaryFolder } from '../support/platform.ts'

/** No state of the pattern's automaton comes twice in a text without order: RE2 needs a second for what others take milliseconds for. */
const HOSTILE = 'elems.text =~ /[ab]*a[ab]{280}[cd]/'
const LENGTH = 300_000
const FOUND = `a${'b'.repeat(280)}c`

/** Letters a and b in an order that does not repeat. */
function disorder(length: number): string {
  let state = 1
  let text = ''
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    text += (state & 65536) === 0 ? 'a' : 'b'
  }
  return text
}

const text = disorder(LENGTH)

describe.each(['memory', 'file'])('with its data in %s, the platform', (kind) => {
  let platform: TestPlatform
  let remove = (): Promise<void> => Promise.resolve()

  beforeEach(async () => {
    const folder = kind === 'memory' ? undefined : await temporaryFolder()
    if (folder !== undefined) remove = folder.remove
    platform = await startTestPlatform(folder === undefined ? {} : { data: folder.path })
  })
  afterEach(async () => {
    await platform.close()
    await remove()
  })

  const create = (flowId: string, value: string) =>
    platform.request('POST', `/drop/${flowId}`, { elems: { text: value } })

  test('answers everybody else while the filter of a flow is at work, and keeps the order of its drops', async () => {
    const held = await platform.flow('held', { filter: `${HOSTILE} || elems.text == "small"` })
    const free = await platform.flow('free')
    const answered: string[] = []
    const noting = async <Value>(name: string, answer: Promise<Value>): Promise<Value> => {
      const value = await answer
      answered.push(name)
      return value
    }
    const long = noting('long', create(held, text + FOUND))
    // The long one must be there before the others: it is when another flow's answers begin to be given.
    await create(free, 'first')
    const behind = noting('behind', create(held, 'small'))
    const session = await platform.session()
    for (let index = 0; index < 5; index += 1) {
      await noting('ping', platform.request('GET', '/flow?limit=1'))
      await noting('command', session.ask({ msgId: index, type: 'find', object: 'flow' }))
      await noting('create', create(free, String(index)))
    }
    session.socket.close()
    const [first, second] = await Promise.all([long, behind])
    expect([first.status, second.status]).toEqual([201, 201])
    // The reply to the long one is longer to read as well, so between these two the ids tell the order.
    expect(answered.slice(-2).toSorted()).toEqual(['behind', 'long'])
    expect(String(first.body.id) < String(second.body.id)).toBe(true)
    const found = await platform.request('GET', `/drop/${held}?order=asc&only=id`)
    expect(found.body.map(({ id }: { id: string }) => id)).toEqual([first.body.id, second.body.id])
  }, 30_000)

  test('refuses what does not match, however long it takes', async () => {
    const held = await platform.flow('held', { filter: HOSTILE })
    const refused = await create(held, text)
    expect([refused.status, refused.head.errors]).toEqual([
      400,
      ['the drop does not match the filter of /ana/held']
    ])
  }, 30_000)

  test('answers other finds while one with a hostile filter is at work', async () => {
    const flowId = await platform.flow('plain')
    for (let index = 0; index < 3; index += 1) await create(flowId, text)
    const answered: string[] = []
    const hostile = platform
      .request('GET', `/drop/${flowId}?filter=${encodeURIComponent(HOSTILE)}&only=id`)
      .then((reply) => {
        answered.push('hostile')
        return reply
      })
    for (let index = 0; index < 3; index += 1) {
      const small = await platform.request('GET', `/drop/${flowId}?only=id&filter=EXISTS%20id`)
      expect(small.body).toHaveLength(3)
      answered.push('small')
    }
    const { status } = await hostile
    // Whether it comes to an end or is given up depends on the machine; a server's error it is not.
    expect([200, 400]).toContain(status)
    expect(answered).toEqual(['small', 'small', 'small', 'hostile'])
  }, 60_000)

  test('keeps the order of what a track passes on while its filter is at work', async () => {
    const source = await platform.flow('source')
    const target = await platform.flow('target')
    await platform.request('POST', '/track', {
      source: '/ana/source',
      destination: '/ana/target',
      filter: `${HOSTILE} || elems.text == "small"`
    })
    await create(source, text + FOUND)
    await create(source, text)
    expect((await create(source, 'small')).status).toBe(201)
    let passed: { elems: { text: string } }[] = []
    while (passed.length < 2) {
      passed = (await platform.request('GET', `/drop/${target}?order=asc`)).body
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(passed.map(({ elems }) => elems.text.length)).toEqual([LENGTH + FOUND.length, 'small'.length])
  }, 60_000)

  test('says so when a filter and a drop are too large together', async () => {
    const flowId = await platform.flow('held', { filter: 'elems.text =~ /[ab]*a[ab]{1000}[ab]{1000}[cd]/' })
    const refused = await create(flowId, text)
    expect([refused.status, refused.head.errors[0]]).toEqual([
      400,
      expect.stringContaining('the filter takes too long')
    ])
  }, 30_000)

  test('refuses a filter longer than any that somebody writes', async () => {
    const filter = Array.from({ length: 10_000 }, (_, index) => `a == ${String(index)}`).join(' || ')
    const refused = await platform.request('POST', '/flow', { path: '/ana/long', filter })
    expect([refused.status, refused.head.errors]).toEqual([
      400,
      ['filter: it is longer than 65536 characters']
    ])
  })
})
