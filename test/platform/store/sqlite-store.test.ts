import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../../src/platform/log.ts'
import { GroupCommit } from '../../../src/platform/store/group-commit.ts'
import { openStore } from '../../../src/platform/store/open-store.ts'
import type { Query } from '../../../src/platform/store/query.ts'
import { DATABASE_NAME, openDatabase } from '../../../src/platform/store/sqlite-schema.ts'
import { SqliteStore } from '../../../src/platform/store/sqlite-store.ts'
import { StoreUnavailable, type Store } from '../../../src/platform/store/store.ts'
import { WalSync } from '../../../src/platform/store/wal-sync.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { temporaryFolder, until } from '../../support/platform.ts'
import { describeStore, drop, idOf } from '../store.contract.ts'

const QUERY: Query = {
  start: 0,
  limit: 1000,
  sort: 'creationDate',
  order: 'asc',
  encoding: 'plain',
  refs: false
}
const FLOW = drop(1).flowId

function open(data: string): Store {
  const opened = openStore({ data, onDamaged: 'fail', clock: systemClock, log: silentLog })
  if (!opened.ok) throw new Error(opened.failure.message)
  return opened.value.store
}

async function folder(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  return path
}

describeStore('SQLite', async () => {
  const { path, remove } = await temporaryFolder()
  return { store: open(path), remove }
})

describe('SQLite store on the disk', () => {
  test('what was durable is there again after it was opened anew', async () => {
    const data = await folder()
    const first = open(data)
    for (const number of [1, 2, 3]) first.addDrop(drop(number), 2)
    await first.durable()
    await first.close()
    await first.close()
    const second = open(data)
    expect(second.dropCount(FLOW)).toBe(2)
    expect(second.lastEntry(FLOW)).toEqual({ dropId: idOf(3), creationDate: 1003 })
    expect((await second.findDrops(FLOW, QUERY)).count).toBe(2)
    await second.close()
  })

  test('the changes of one turn are one transaction', async () => {
    const data = await folder()
    const store = open(data)
    store.addDrop(drop(1), 100)
    store.addDrop(drop(2), 100)
    const other = new DatabaseSync(join(data, DATABASE_NAME), { readOnly: true })
    const count = (): unknown => other.prepare('SELECT count(*) AS drops FROM drops').get()?.['drops']
    expect(count()).toBe(0)
    await store.durable()
    expect(count()).toBe(2)
    other.close()
    await store.close()
  })

  test('only the owner may read the files', async () => {
    const data = await folder()
    const store = open(data)
    store.addDrop(drop(1), 100)
    await store.durable()
    for (const name of await readdir(data)) {
      expect(((await stat(join(data, name))).mode & 0o777).toString(8)).toBe('600')
    }
    await store.close()
  })

  test('the drops of an emptied flow are cleared away in the background', async () => {
    const data = await folder()
    const store = open(data)
    for (let number = 1; number <= 1200; number++) store.addDrop(drop(number), 2000)
    await store.durable()
    store.deleteDrops(FLOW)
    await store.durable()
    expect((await store.findDrops(FLOW, QUERY)).count).toBe(0)
    const other = new DatabaseSync(join(data, DATABASE_NAME), { readOnly: true })
    await until(() => other.prepare('SELECT count(*) AS drops FROM drops').get()?.['drops'] === 0)
    other.close()
    await store.close()
  })

  test('what a capacity that was lowered much leaves over is out of sight at once and goes in the background', async () => {
    const data = await folder()
    const store = open(data)
    for (let number = 1; number <= 1200; number++) store.addDrop(drop(number), 2000)
    await store.durable()
    store.trimDrops(FLOW, 3)
    await store.durable()
    const kept = async (): Promise<string[]> =>
      (JSON.parse(String((await store.findDrops(FLOW, QUERY)).bodyText)) as { id: string }[]).map(
        ({ id }) => id
      )
    expect(await kept()).toEqual([1198, 1199, 1200].map(idOf))
    expect([store.drop(FLOW, idOf(1197)), store.deleteDrop(FLOW, idOf(1))]).toEqual([undefined, false])
    store.addDrop(drop(1201), 3)
    await store.durable()
    expect(await kept()).toEqual([1199, 1200, 1201].map(idOf))
    const other = new DatabaseSync(join(data, DATABASE_NAME), { readOnly: true })
    await until(() => other.prepare('SELECT count(*) AS drops FROM drops').get()?.['drops'] === 3)
    other.close()
    await store.close()
  })

  test('clearing away goes on after a start', async () => {
    const data = await folder()
    const first = open(data)
    for (let number = 1; number <= 5000; number++) first.addDrop(drop(number), 5000)
    await first.durable()
    first.trimDrops(FLOW, 1)
    await first.durable()
    await first.close()
    const second = open(data)
    expect([second.dropCount(FLOW), second.drop(FLOW, idOf(4999))]).toEqual([1, undefined])
    const other = new DatabaseSync(join(data, DATABASE_NAME), { readOnly: true })
    await until(() => other.prepare('SELECT count(*) AS drops FROM drops').get()?.['drops'] === 1)
    expect(second.drop(FLOW, idOf(5000))).toEqual(drop(5000))
    other.close()
    await second.close()
  })

  test('the log is brought into the file under way, and does not grow without end', async () => {
    const data = await folder()
    const store = open(data)
    const filler = 'x'.repeat(20_000)
    const sizes: number[] = []
    for (let number = 1; number <= 3000; number++) {
      store.addDrop({ ...drop(number), text: JSON.stringify({ number, filler }) }, 100)
      if (number % 10 > 0) continue
      await store.durable()
      sizes.push((await stat(join(data, `${DATABASE_NAME}-wal`))).size)
    }
    // Sixty megabytes were written.
    expect(Math.max(...sizes)).toBeLessThan(40_000_000)
    await store.close()
  })

  test('a disk that fails to keep what was written ends all writing', async () => {
    const data = await folder()
    const opened = openDatabase(data, 'fail')
    if (!opened.ok) throw new Error(opened.failure.message)
    const { database } = opened.value
    const wal = new WalSync(join(data, DATABASE_NAME))
    wal.close()
    const commits = new GroupCommit(database, wal, silentLog, [])
    commits.change(() => {
      database.exec('CREATE TABLE notes (text TEXT)')
    })
    await expect(commits.durable()).rejects.toThrow(StoreUnavailable)
    expect(() => {
      commits.change(() => undefined)
    }).toThrow(StoreUnavailable)
    await commits.close()
    database.close()
  })

  test('when the disk is full nothing of the turn stays, and the store goes on when there is room', async () => {
    const data = await folder()
    const opened = openDatabase(data, 'fail')
    if (!opened.ok) throw new Error(opened.failure.message)
    const { database } = opened.value
    const noReader = () => Promise.reject(new Error('no reader in this test'))
    const reader = {
      findDrops: noReader,
      findObjects: noReader,
      aggregateDrops: noReader,
      countsBetween: noReader,
      checkpoint: noReader,
      close: () => Promise.resolve()
    }
    const store = new SqliteStore(database, reader, silentLog)
    store.addDrop(drop(1), 100)
    await store.durable()
    const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count'])
    database.exec(`PRAGMA max_page_count = ${String(pages)}`)
    const large = { ...drop(2), text: JSON.stringify({ filler: 'x'.repeat(100_000) }) }
    expect(() => {
      store.addDrop(large, 100)
    }).toThrow(StoreUnavailable)
    expect(store.drop(FLOW, idOf(2))).toBeUndefined()
    expect(store.drop(FLOW, idOf(1))).toEqual(drop(1))
    expect(store.dropCount(FLOW)).toBe(1)
    database.exec(`PRAGMA max_page_count = ${String(pages + 1000)}`)
    store.addDrop(large, 100)
    await store.durable()
    expect(store.dropCount(FLOW)).toBe(2)
    await store.close()
  })
})

describe('opening a database', () => {
  test.each([
    ['random bytes', () => Buffer.from(Array.from({ length: 8192 }, (_, index) => (index * 7919) % 256))],
    ['a text', () => Buffer.from('not a database, but long enough to be looked at. '.repeat(200))]
  ])('%s in its place fail with a sentence, or are moved aside on request', async (_name, bytes) => {
    const data = await folder()
    await writeFile(join(data, DATABASE_NAME), bytes())
    const refused = openDatabase(data, 'fail')
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: 'local-platform/failed', details: { damaged: true } }
    })
    expect(await readFile(join(data, DATABASE_NAME))).toEqual(bytes())
    const opened = openDatabase(data, 'move-aside', new Date(Date.UTC(2026, 0, 2, 3, 4, 5)))
    if (!opened.ok) throw new Error(opened.failure.message)
    expect(opened.value.movedTo).toBe(join(data, 'platform.damaged-2026-01-02T03-04-05.db'))
    expect(await readFile(opened.value.movedTo ?? '')).toEqual(bytes())
    opened.value.database.close()
  })

  test('a page overwritten in the middle is noticed', async () => {
    const data = await folder()
    const store = open(data)
    for (let number = 1; number <= 500; number++) store.addDrop(drop(number), 1000)
    await store.durable()
    await store.close()
    const file = join(data, DATABASE_NAME)
    const bytes = await readFile(file)
    bytes.fill(0xab, 8 * 4096, 10 * 4096)
    await writeFile(file, bytes)
    expect(openDatabase(data, 'fail')).toMatchObject({ ok: false, failure: { details: { damaged: true } } })
  })

  test('a database of something else is not touched', async () => {
    const data = await folder()
    const other = new DatabaseSync(join(data, DATABASE_NAME))
    other.exec('CREATE TABLE notes (text TEXT)')
    other.close()
    expect(openDatabase(data, 'fail')).toMatchObject({ ok: false, failure: { details: { damaged: true } } })
  })

  test('a database of a newer version is refused even when damaged ones are moved aside', async () => {
    const data = await folder()
    const made = openDatabase(data, 'fail')
    if (!made.ok) throw new Error(made.failure.message)
    made.value.database.exec('PRAGMA user_version = 999')
    made.value.database.close()
    const refused = openDatabase(data, 'move-aside')
    expect(refused.ok ? '' : refused.failure.message).toContain('newer version')
    expect(await readdir(data)).toEqual([DATABASE_NAME])
  })

  test('a database of the first version is brought to the current one, with everything in it', async () => {
    const data = await folder()
    const first = open(data)
    first.addDrop(drop(1), 100)
    await first.durable()
    await first.close()
    const old = new DatabaseSync(join(data, DATABASE_NAME))
    old.exec('ALTER TABLE flow_states DROP COLUMN floor_id; ALTER TABLE abandoned DROP COLUMN before_id')
    old.exec('DROP TABLE counters; PRAGMA user_version = 1')
    old.close()
    const migrated = open(data)
    migrated.countStored('flowDropAdded', FLOW, 0)
    await migrated.durable()
    expect(migrated.drop(FLOW, idOf(1))).toEqual(drop(1))
    expect(await migrated.countsBetween('flowDropAdded', FLOW, 0, 1)).toEqual([{ hourStartMs: 0, count: 1 }])
    await migrated.close()
  })

  test('a folder that cannot be made fails with a sentence', async () => {
    const data = await folder()
    await writeFile(join(data, 'file'), '')
    await chmod(join(data, 'file'), 0o400)
    const refused = openDatabase(join(data, 'file', 'below'), 'fail')
    expect(refused.ok ? '' : refused.failure.message).toContain('cannot be written')
  })
})
