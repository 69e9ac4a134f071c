import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Query } from '../../src/platform/store/query.ts'
import type { Store, StoredDrop, StoredObject } from '../../src/platform/store/store.ts'

/** A store under test, with its own way of being opened again. */
export interface StoreUnderTest {
  readonly store: Store
  readonly remove: () => Promise<void>
}

const QUERY: Query = {
  start: 0,
  limit: 100,
  sort: 'creationDate',
  order: 'desc',
  encoding: 'plain',
  refs: false
}
const FLOW = 'f66a0c1de0000000000000001'

/** What every store promises; each implementation runs it. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} store`, () => {
    let under: StoreUnderTest
    let store: Store

    beforeEach(async () => {
      under = await open()
      store = under.store
    })
    afterEach(async () => {
      await store.close()
      await under.remove()
    })

    const ids = async (query: Partial<Query> = {}): Promise<string[]> => {
      const found = await store.findDrops(FLOW, { ...QUERY, ...query })
      const drops = JSON.parse(String(found.bodyText)) as { id: string }[]
      expect(found.count).toBe(drops.length)
      return drops.map(({ id }) => id)
    }

    const addAll = async (numbers: readonly number[], capacity = 100): Promise<void> => {
      for (const number of numbers) store.addDrop(drop(number), capacity)
      await store.durable()
    }

    test('a find sees every drop that is durable, newest first', async () => {
      await addAll([1, 2, 3])
      expect(await ids()).toEqual([idOf(3), idOf(2), idOf(1)])
      await addAll([4])
      expect(await ids({ order: 'asc' })).toEqual([idOf(1), idOf(2), idOf(3), idOf(4)])
    })

    test('single reads see a change at once', () => {
      store.addDrop(drop(1), 100)
      expect(store.drop(FLOW, idOf(1))).toEqual(drop(1))
      expect(store.dropCount(FLOW)).toBe(1)
      expect(store.lastEntry(FLOW)).toEqual({ dropId: idOf(1), creationDate: 1001 })
    })

    test('beyond the capacity the oldest drops go first', async () => {
      await addAll([1, 2, 3, 4, 5], 3)
      expect(await ids()).toEqual([idOf(5), idOf(4), idOf(3)])
      expect(store.dropCount(FLOW)).toBe(3)
      expect(store.drop(FLOW, idOf(2))).toBeUndefined()
      expect(store.drop(FLOW, idOf(3))?.id).toBe(idOf(3))
    })

    test('a drop that a full flow lost is gone for every other change of the same turn', async () => {
      for (const number of [1, 2, 3]) store.addDrop(drop(number), 2)
      expect([store.dropCount(FLOW), store.drop(FLOW, idOf(1))]).toEqual([2, undefined])
      for (const number of [4, 5]) store.addDrop(drop(number), 2)
      expect(store.deleteDrop(FLOW, idOf(3))).toBe(false)
      expect(store.deleteDrop(FLOW, idOf(4))).toBe(true)
      store.addDrop(drop(6), 1)
      store.replaceDrop({ ...drop(5), text: '{}' })
      await store.durable()
      expect(await ids()).toEqual([idOf(6)])
      for (const number of [7, 8]) store.addDrop(drop(number), 1)
      store.deleteDrops(FLOW)
      store.addDrop(drop(9), 1)
      await store.durable()
      expect(await ids()).toEqual([idOf(9)])
    })

    test('a capacity of 0 keeps no drop but remembers the last entry', async () => {
      await addAll([1, 2], 0)
      expect(await ids()).toEqual([])
      expect(store.dropCount(FLOW)).toBe(0)
      expect(store.lastEntry(FLOW)?.dropId).toBe(idOf(2))
    })

    test('trimming keeps the newest', async () => {
      await addAll([1, 2, 3, 4])
      await ids({ filter: 'n > 0' })
      store.trimDrops(FLOW, 2)
      await store.durable()
      expect(await ids()).toEqual([idOf(4), idOf(3)])
      expect(await ids({ filter: 'n > 0' })).toEqual([idOf(4), idOf(3)])
      store.trimDrops(FLOW, 0)
      await store.durable()
      expect(await ids()).toEqual([])
    })

    test('a replaced drop is found in its new form, with and without a filter', async () => {
      await addAll([1, 2, 3])
      expect(await ids({ filter: 'n == 2' })).toEqual([idOf(2)])
      store.replaceDrop({ ...drop(2), text: drop(2).text.replace('"n":2', '"n":20'), isPlain: true })
      await store.durable()
      expect(await ids({ filter: 'n == 2' })).toEqual([])
      expect(await ids({ filter: 'n == 20' })).toEqual([idOf(2)])
      expect(store.drop(FLOW, idOf(2))?.text).toContain('"n":20')
    })

    test('replacing a drop that is not there changes nothing', async () => {
      await addAll([1])
      store.replaceDrop(drop(9))
      await store.durable()
      expect(await ids()).toEqual([idOf(1)])
    })

    test('a deleted drop is gone, and only that one', async () => {
      await addAll([1, 2, 3])
      await ids({ filter: 'n > 0' })
      expect(store.deleteDrop(FLOW, idOf(2))).toBe(true)
      expect(store.deleteDrop(FLOW, idOf(2))).toBe(false)
      expect(store.deleteDrop('f0000000000000000000000ff', idOf(2))).toBe(false)
      await store.durable()
      expect(await ids({ filter: 'n > 0' })).toEqual([idOf(3), idOf(1)])
      expect(store.dropCount(FLOW)).toBe(2)
    })

    test('an emptied flow takes new drops and keeps its last entry', async () => {
      await addAll([1, 2, 3])
      await ids({ filter: 'n > 0' })
      store.deleteDrops(FLOW)
      await store.durable()
      expect(await ids()).toEqual([])
      expect(store.lastEntry(FLOW)?.dropId).toBe(idOf(3))
      await addAll([4])
      expect(await ids({ filter: 'n > 0' })).toEqual([idOf(4)])
    })

    test('a drop is found by its fhash as long as it is in the flow', async () => {
      const tagged = (number: number): StoredDrop => ({ ...drop(number), fhash: 'key' })
      store.addDrop(tagged(1), 2)
      expect(store.dropByFhash(FLOW, 'key')?.id).toBe(idOf(1))
      expect(store.dropByFhash(FLOW, 'other')).toBeUndefined()
      store.addDrop(drop(2), 2)
      store.addDrop(drop(3), 2)
      expect(store.dropByFhash(FLOW, 'key')).toBeUndefined()
      store.addDrop(tagged(4), 2)
      store.deleteDrop(FLOW, idOf(4))
      expect(store.dropByFhash(FLOW, 'key')).toBeUndefined()
      store.addDrop(drop(5), 2)
      store.replaceDrop(tagged(5))
      expect(store.dropByFhash(FLOW, 'key')?.id).toBe(idOf(5))
      await store.durable()
    })

    test('pages, sorts and orders as the query says; ties break by id and missing keys go last', async () => {
      for (const [number, size] of [
        [1, 5],
        [2, 3],
        [3, undefined],
        [4, 5]
      ] as const) {
        store.addDrop(dropWith(number, size === undefined ? {} : { size }), 100)
      }
      await store.durable()
      expect(await ids({ sort: 'size', order: 'asc' })).toEqual([idOf(2), idOf(1), idOf(4), idOf(3)])
      expect(await ids({ sort: 'size', order: 'desc' })).toEqual([idOf(4), idOf(1), idOf(2), idOf(3)])
      expect(await ids({ sort: 'elems.size', order: 'asc', start: 1, limit: 2 })).toEqual([idOf(1), idOf(4)])
      expect(await ids({ start: 1, limit: 2 })).toEqual([idOf(3), idOf(2)])
      expect(await ids({ filter: 'size == 5', start: 1, limit: 2 })).toEqual([idOf(1)])
      expect(await ids({ limit: 0 })).toEqual([])
      expect(await ids({ start: 10 })).toEqual([])
    })

    test('what a rule about creationDate lets through is found wherever it lies', async () => {
      const moments = [7_000_000, 7_000_999, 7_001_000, 7_001_500, 9_000_000]
      const at = (moment: number, index: number): string =>
        `d${Math.floor(moment / 1000)
          .toString(16)
          .padStart(8, '0')}${String(index).padStart(16, '0')}`
      for (const [index, creationDate] of moments.entries()) {
        const id = at(creationDate, index)
        const text = JSON.stringify({
          id,
          flowId: FLOW,
          path: '/ana/a',
          creationDate,
          version: 0,
          elems: { n: index }
        })
        store.addDrop({ id, flowId: FLOW, creationDate, isPlain: true, text }, 100)
      }
      await store.durable()
      const found = async (filter: string, query: Partial<Query> = {}): Promise<number[]> =>
        (await ids({ filter, order: 'asc', ...query })).map((id) => Number(id.slice(9)))
      expect(await found('creationDate >= 7000999')).toEqual([1, 2, 3, 4])
      expect(await found('creationDate > 7000999')).toEqual([2, 3, 4])
      expect(await found('creationDate < 7001500')).toEqual([0, 1, 2])
      expect(await found('creationDate <= 7001500', { order: 'desc' })).toEqual([3, 2, 1, 0])
      expect(await found('creationDate == 7001500')).toEqual([3])
      expect(await found('creationDate > 7000000 && creationDate < 9000000 && n != 2')).toEqual([1, 3])
      expect(await found('creationDate >= 7001000', { start: 1, limit: 1 })).toEqual([3])
      expect(await found('creationDate >= 7001000', { sort: 'n', order: 'desc' })).toEqual([4, 3, 2])
      expect(await found('creationDate > 8000000 || n == 0')).toEqual([0, 4])
      expect(await found('NOT (creationDate > 8000000)')).toEqual([0, 1, 2, 3])
      expect(await found('creationDate > 99999999999999')).toEqual([])
      expect(await found('creationDate > -5')).toEqual([0, 1, 2, 3, 4])
    })

    test('answers typed or plain elements, and only the members that are asked for', async () => {
      store.addDrop({ ...dropWith(1, { d: { type: 'date', value: 5 }, n: 1 }), isPlain: false }, 100)
      await store.durable()
      const found = async (query: Partial<Query>): Promise<unknown> => {
        const { bodyText } = await store.findDrops(FLOW, { ...QUERY, ...query })
        return (JSON.parse(String(bodyText)) as { elems: unknown }[])[0]
      }
      expect(await found({ only: ['elems'] })).toEqual({ id: idOf(1), elems: { d: 5, n: 1 } })
      expect(await found({ only: ['d', 'nothing'] })).toEqual({ id: idOf(1), elems: { d: 5 } })
      expect(await found({ only: ['elems'], encoding: 'typed' })).toEqual({
        id: idOf(1),
        elems: { d: { type: 'date', value: 5 }, n: { type: 'integer', value: 1 } }
      })
    })

    test('aggregates the drops that are durable, also of a flow that has none', async () => {
      const request = { output: ['$count', '$avg:n'], groupBy: [] }
      expect(await store.aggregateDrops(FLOW, request)).toEqual({ kind: 'rows', bodyText: '[]' })
      await addAll([1, 2, 6])
      expect(await store.aggregateDrops(FLOW, request)).toEqual({
        kind: 'rows',
        bodyText: '[{"$count":3,"$avg:n":3}]'
      })
      const refused = await store.aggregateDrops(FLOW, { output: ['$stddev:n'] })
      expect(refused.kind).toBe('refused')
    })

    test('counters add up by hour and object, and outlive drops and flows', async () => {
      const hour = 3_600_000
      store.putObject({ ...flow('a', '/ana/a'), id: FLOW })
      store.countStored('flowDropAdded', FLOW, 10 * hour)
      store.countStored('flowDropAdded', FLOW, 11 * hour - 1)
      await store.durable()
      store.countStored('flowDropAdded', FLOW, 10 * hour + 5)
      store.countStored('flowDropAdded', FLOW, 12 * hour)
      store.countStored('flowTracked', FLOW, 10 * hour)
      store.count('apiCallByIdentity', 'i', 10 * hour)
      store.deleteObject(FLOW)
      await store.durable()
      const between = async (fromMs: number, toMs: number): Promise<readonly (readonly number[])[]> => {
        const counts = await store.countsBetween('flowDropAdded', FLOW, fromMs, toMs)
        return counts.map(({ hourStartMs, count }) => [hourStartMs / hour, count]).sort()
      }
      expect(await between(0, 13 * hour)).toEqual([
        [10, 3],
        [12, 1]
      ])
      expect(await between(11 * hour, 12 * hour)).toEqual([])
      expect(await store.countsBetween('apiCallByIdentity', 'i', 0, 13 * hour)).toEqual([
        { hourStartMs: 10 * hour, count: 1 }
      ])
      store.count('apiCallByIdentity', 'i', 10 * hour)
      expect(await store.countsBetween('apiCallByIdentity', 'i', 0, 13 * hour)).toEqual([
        { hourStartMs: 10 * hour, count: 2 }
      ])
    })

    test('names the ids that the found objects mention', async () => {
      await addAll([1])
      const { mentioned } = await store.findDrops(FLOW, { ...QUERY, refs: true })
      expect(mentioned).toEqual([FLOW, '/ana/a'])
    })

    test('objects are kept by id, flows by path too', async () => {
      store.putObject(flow('a', '/ana/a'))
      store.putObject(flow('b', '/ana/b'))
      await store.durable()
      expect(store.object(flow('a').id)).toEqual(flow('a', '/ana/a'))
      expect(store.flowAt('/ana/b')?.id).toBe(flow('b').id)
      store.putObject(flow('b', '/ana/c'))
      expect(store.flowAt('/ana/b')).toBeUndefined()
      expect(store.flowAt('/ana/c')?.id).toBe(flow('b').id)
      store.deleteObject(flow('a').id)
      expect(store.object(flow('a').id)).toBeUndefined()
      expect(store.flowAt('/ana/a')).toBeUndefined()
      expect(store.objectsOf('flow').map(({ id }) => id)).toEqual([flow('b').id])
      expect(store.objectsOf('identity')).toEqual([])
    })

    test('a deleted flow takes its drops and its last entry along', async () => {
      store.putObject({ ...flow('a', '/ana/a'), id: FLOW })
      await addAll([1, 2])
      store.deleteObject(FLOW)
      await store.durable()
      expect(await ids()).toEqual([])
      expect(store.lastEntry(FLOW)).toBeUndefined()
      expect(store.drop(FLOW, idOf(1))).toBeUndefined()
    })

    test('objects are found within an account and below the paths that are visible', async () => {
      store.putObject(flow('a', '/ana/a'))
      store.putObject(flow('b', '/ben/b'))
      store.putObject(flow('c', '/ben/shared'))
      store.putObject(flow('d', '/ben/shared/deep'))
      store.putObject(flow('e', '/ben/sharedNot'))
      await store.durable()
      const paths = async (visible: readonly string[], query: Partial<Query> = {}): Promise<string[]> => {
        const scope = { kind: 'flow', account: 'ana', paths: visible } as const
        const { bodyText } = await store.findObjects(scope, { ...QUERY, order: 'asc', ...query })
        return (JSON.parse(String(bodyText)) as { path: string }[]).map(({ path }) => path)
      }
      expect(await paths([])).toEqual(['/ana/a'])
      expect(await paths(['/ben/shared'])).toEqual(['/ana/a', '/ben/shared', '/ben/shared/deep'])
      expect(await paths(['/ben/shared'], { filter: 'path =~ /deep$/' })).toEqual(['/ben/shared/deep'])
      expect(await paths(['/ben/shared'], { sort: 'path', order: 'desc', limit: 1 })).toEqual([
        '/ben/shared/deep'
      ])
    })

    test('integers of 64 bits keep their digits', async () => {
      const text = drop(1).text.replace('"n":1', '"n":9223372036854775807')
      store.addDrop({ ...drop(1), text }, 100)
      await store.durable()
      const found = await store.findDrops(FLOW, { ...QUERY, only: ['n'], filter: 'n == 9223372036854775807' })
      expect(found.bodyText).toBe(`[{"id":"${idOf(1)}","elems":{"n":9223372036854775807}}]`)
    })
  })
}

export const idOf = (number: number): string => `d${String(number).padStart(24, '0')}`

export const drop = (number: number): StoredDrop => dropWith(number, { n: number })

function dropWith(number: number, elems: Readonly<Record<string, unknown>>): StoredDrop {
  const id = idOf(number)
  const creationDate = 1000 + number
  const text = JSON.stringify({ id, flowId: FLOW, path: '/ana/a', creationDate, version: 0, elems })
  return { id, flowId: FLOW, creationDate, isPlain: true, text }
}

function flow(letter: string, path = `/ana/${letter}`): StoredObject {
  const id = `f${letter.repeat(24)}`
  const creationDate = letter.charCodeAt(0)
  const account = path.split('/')[1] ?? ''
  return { id, kind: 'flow', account, path, creationDate, text: JSON.stringify({ id, path, creationDate }) }
}
