import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/shared/clock.ts'
import { silentLog } from '../../src/platform/log.ts'
import { startReader } from '../../src/platform/store/reader-client.ts'
import { openDatabase } from '../../src/platform/store/sqlite-schema.ts'
import { SqliteStore } from '../../src/platform/store/sqlite-store.ts'
import { startTestPlatform, temporaryFolder, type Loose, type Reply } from '../support/platform.ts'

const WRITERS = 16
/** Some hundred drops of this size. */
const FILLER = 'x'.repeat(3000)
const ROOM_PAGES = 300

test(
  'on a full disk writes answer 503 and leave nothing, reads go on, and writes do when there is room',
  { timeout: 120_000 },
  async () => {
    const { path: data, remove } = await temporaryFolder()
    onTestFinished(remove)
    const opened = openDatabase(data, 'fail')
    if (!opened.ok) throw new Error(opened.failure.message)
    const { database, file } = opened.value
    const store = new SqliteStore(database, startReader(file, systemClock, silentLog), silentLog)
    const platform = await startTestPlatform({
      data,
      store: { store, notices: [], reading: { kind: 'file', file } }
    })
    const flowId = await platform.flow('full', { capacity: 100_000 })
    const limit = (): number => Number(database.prepare('PRAGMA page_count').get()?.['page_count'])
    const first = limit() + ROOM_PAGES
    database.exec(`PRAGMA max_page_count = ${String(first)}`)

    let number = 0
    const acknowledged = new Map<string, number>()
    const refused = new Map<number, Reply>()
    const write = async (): Promise<void> => {
      while (refused.size < WRITERS) {
        const n = number++
        const reply = await platform.request('POST', `/drop/${flowId}`, { elems: { n, filler: FILLER } })
        if (reply.status === 201) acknowledged.set(String(reply.body.id), n)
        else refused.set(n, reply)
      }
    }
    await Promise.all(Array.from({ length: WRITERS }, write))
    for (const { status, head, body } of refused.values()) {
      expect([status, head.ok, head.status, body]).toEqual([503, false, 503, {}])
      expect(head.errors[0]).toContain('try again later')
    }
    expect(acknowledged.size).toBeGreaterThan(10)

    const stored = async (): Promise<Map<string, number>> => {
      const found = await platform.request('GET', `/drop/${flowId}?limit=100000&only=n`)
      return new Map((found.body as Loose[]).map((drop) => [drop.id as string, drop.elems.n as number]))
    }
    expect(await stored()).toEqual(acknowledged)
    const session = await platform.session()
    const value = { elems: { filler: FILLER.repeat(100) } }
    const overSocket = await session.ask({ msgId: 1, type: 'create', object: 'drop', flowId, value })
    expect(overSocket).toMatchObject({ head: { msgId: 1, ok: false, status: 503 }, body: {} })
    session.socket.close()

    database.exec(`PRAGMA max_page_count = ${String(first + ROOM_PAGES)}`)
    const resumed = await platform.request('POST', `/drop/${flowId}`, { elems: { n: -1 } })
    expect(resumed.status).toBe(201)
    acknowledged.set(String(resumed.body.id), -1)
    expect(await stored()).toEqual(acknowledged)
    await platform.close()

    const again = await startTestPlatform({ data })
    const found = await again.request('GET', `/drop/${flowId}?limit=100000&only=id`)
    expect((found.body as Loose[]).map(({ id }) => id as string).sort()).toEqual(
      [...acknowledged.keys()].sort()
    )
    await again.close()
  }
)
