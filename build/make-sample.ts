import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes the snapshot of real public data that the local platform shows on its first start, from the package
 * vega-datasets into `src/platform/sample`. Run by hand when the package changes: `node
 * build/make-sample.ts`.
 *
 * A file holds `names` and `rows`, one array a record, oldest first. Times without a zone in the source are
 * read as if they were UTC, so that hours of the day stay what they were.
 */
const root = join(import.meta.dirname, '..')
const source = join(root, 'node_modules', 'vega-datasets')
const target = join(root, 'src', 'platform', 'sample')

/** What all files together may take in the repository and in the app. */
const MAX_TOTAL_BYTES = 2 * 1024 * 1024

type Cell = string | number | null

interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

interface Earthquake {
  readonly id: string
  readonly properties: Readonly<Record<string, Cell>>
  readonly geometry: { readonly coordinates: readonly [lon: number, lat: number, depth: number] }
}

interface Flight {
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

function earthquakes(): Table {
  const { features } = JSON.parse(read('earthquakes.json')) as { readonly features: readonly Earthquake[] }
  const properties = [
    'time',
    'place',
    'mag',
    'magType',
    'sig',
    'tsunami',
    'felt',
    'alert',
    'status',
    'type',
    'net'
  ]
  const rows = features.map(({ id, properties: of, geometry }) => {
    const [lon, lat, depth] = geometry.coordinates
    return [id, lat, lon, depth, ...properties.map((name) => of[name] ?? null)]
  })
  const timeColumn = 4
  rows.sort((a, b) => Number(a[timeColumn]) - Number(b[timeColumn]))
  return { names: ['id', 'lat', 'lon', 'depth', ...properties], rows }
}

function weather(): Table {
  const [head, ...lines] = read('seattle-weather-hourly-normals.csv').trim().split('\n')
  if (head !== 'date,pressure,temperature,wind') throw new Error(`Unexpected columns: ${String(head)}`)
  const rows = lines.map((line) => {
    const [date, ...values] = line.split(',')
    return [asUtc(`${String(date)}Z`), ...values.map(Number)]
  })
  return { names: ['time', 'pressure', 'temperature', 'wind'], rows }
}

function flights(): Table {
  const all = JSON.parse(read('flights-5k.json')) as readonly Flight[]
  const rows = all.map(({ date, delay, distance, origin, destination }) => {
    return [asUtc(`${date.replaceAll('/', '-').replace(' ', 'T')}:00Z`), delay, distance, origin, destination]
  })
  return { names: ['scheduled', 'delay', 'distance', 'origin', 'destination'], rows }
}

const read = (file: string): string => readFileSync(join(source, 'data', file), 'utf8')

function asUtc(text: string): number {
  const timeMs = Date.parse(text)
  if (Number.isNaN(timeMs)) throw new Error(`Not a time: ${text}`)
  return timeMs
}

/**
 * ZIP codes by their first three digits: `last two,lat,lon` of each, `;` between them. A code is found with one look
 * and a short search, without reading the rest.
 */
function zipCodes(): Readonly<Record<string, string>> {
  const [head, ...lines] = read('zipcodes.csv').trim().split('\n')
  if (head?.trim() !== 'zip_code,latitude,longitude,city,state,county')
    throw new Error(`Unexpected columns: ${String(head)}`)
  const regions = new Map<string, string[]>()
  for (const line of lines) {
    const [code = '', latitude, longitude] = line.split(',')
    if (!/^\d{5}$/.test(code)) throw new Error(`Not a ZIP code: ${code}`)
    const region = regions.get(code.slice(0, 3)) ?? []
    region.push(`${code.slice(3)},${String(Number(latitude))},${String(Number(longitude))}`)
    regions.set(code.slice(0, 3), region)
  }
  const sorted = [...regions].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([region, codes]) => [`z${region}`, codes.join(';')]))
}

/** One row a line: a change of the data is readable in a diff. */
const format = ({ names, rows }: Table): string =>
  `{"names":${JSON.stringify(names)},"rows":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`

let totalBytes = 0
for (const [name, table] of Object.entries({
  earthquakes: earthquakes(),
  weather: weather(),
  flights: flights()
})) {
  const text = format(table)
  totalBytes += Buffer.byteLength(text)
  writeFileSync(join(target, `${name}.json`), text)
  console.log(`${name}.json: ${String(table.rows.length)} rows, ${String(Buffer.byteLength(text))} bytes`)
}
const zipText = `${JSON.stringify(zipCodes()).replaceAll('","', '",\n"')}\n`
totalBytes += Buffer.byteLength(zipText)
writeFileSync(join(target, '../../shared/filter/zip-codes.json'), zipText)
console.log(`zip-codes.json: ${String(Buffer.byteLength(zipText))} bytes`)
if (totalBytes > MAX_TOTAL_BYTES) throw new Error(`The snapshot has ${String(totalBytes)} bytes, too many.`)
