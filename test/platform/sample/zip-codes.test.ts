import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipTable } from '../../../src/platform/sample/zip-codes.ts'
import { startTestPlatform } from '../../support/platform.ts'

const SOURCE = join(import.meta.dirname, '../../../node_modules/vega-datasets/data/zipcodes.csv')

test('every code of the source is where the source says, and no other is known', () => {
  const [, ...lines] = readFileSync(SOURCE, 'utf8').trim().split('\n')
  const wrong = lines.filter((line) => {
    const [code = '', lat, lon] = line.split(',')
    const point = zipTable(code)
    return point?.lat !== Number(lat) || point.lon !== Number(lon)
  })
  expect(wrong).toEqual([])
  for (const code of ['00000', '', '1', '0050', '005011', '__pro', 'ABCDE', '1,-73'])
    expect(zipTable(code)).toBeUndefined()
})

test('filters, sorting by distance and aggregations know ZIP codes; one that is unknown answers 400', async () => {
  const platform = await startTestPlatform()
  const flow = await platform.flow('places', { filter: 'location WITHIN 5000 KM OF [ZIP=10001]' })
  const at = async (lat: number, lon: number) =>
    await platform.request('POST', `/drop/${flow}`, { elems: { lat }, location: { lat, lon } })
  expect((await at(40.75, -73.99)).status).toBe(201)
  expect((await at(41, -74)).status).toBe(201)
  expect((await at(-33.9, 151.2)).status).toBe(400)
  const find = async (filter: string, more = '') =>
    await platform.request('GET', `/drop/${flow}?filter=${encodeURIComponent(filter)}${more}`)
  expect((await find('location WITHIN 10 KM OF [ZIP=10001]')).body).toHaveLength(1)
  const nearest = await find('location WITHIN 900 KM OF [ZIP=10001]', '&order=geo')
  expect(nearest.body.map((drop: { elems: { lat: number } }) => drop.elems.lat)).toEqual([40.75, 41])
  const rows = await platform.request('POST', `/drop/${flow}/aggregate`, {
    output: ['$avg:near'],
    rules: { near: 'location WITHIN 10 KM OF [ZIP=10001]' }
  })
  expect(rows.body).toEqual([{ '$avg:near': 0.5 }])
  const unknown = await find('location WITHIN 10 KM OF [ZIP=00000]')
  expect([unknown.status, unknown.head.errors.join()]).toEqual([400, expect.stringContaining('00000')])
  await platform.close()
})
