import { canonicalElements } from '../../shared/model/element-encoding.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { lookUpFlow } from '../engine/flow-lookup.ts'
import type { Parts } from '../engine/parts.ts'
import type { DropDraft } from '../engine/publish.ts'
import { publish } from '../engine/publish.ts'
import { readTable, recordAt, type Table, type TableName } from './table.ts'

type SampleRecord = Readonly<Record<string, string | number>>

/** A flow of the sample world. */
export interface SampleFlow {
  /** Below `/ACCOUNT/sample/`. */
  readonly name: string
  readonly table: TableName
  readonly displayName: string
  readonly description: string
  readonly capacity: number
  readonly draft: (record: SampleRecord) => DropDraft
  /**
   * The element and the column that tell which row a drop was made from, for flows that the replay goes on
   * with.
   */
  readonly replayedBy?: string
}

/** Capacities leave room for about a year of replay rows to run through without losing the first rows at once. */
export const SAMPLE_FLOWS: readonly SampleFlow[] = [
  {
    name: 'earthquakes',
    table: 'earthquakes',
    displayName: 'Earthquakes',
    description: 'Every seismic event that the USGS recorded from 31 January to 7 February 2018.',
    capacity: 5_000,
    draft: earthquakeDraft
  },
  {
    name: 'weather/seattle',
    table: 'weather',
    displayName: 'Seattle, hour by hour',
    description:
      'Climate normals of Seattle for each hour of a year: pressure in hPa, temperature in °C, wind in m/s (NOAA).',
    capacity: 20_000,
    draft: ({ time, ...elems }) => draftOf({ time: date(time), ...elems }),
    replayedBy: 'time'
  },
  {
    name: 'flights/departures',
    table: 'flights',
    displayName: 'Departures',
    description:
      'Domestic flights of the United States, January to March 2001: delay in minutes, distance in miles (BTS).',
    capacity: 10_000,
    draft: ({ scheduled, ...elems }) => draftOf({ scheduled: date(scheduled), ...elems }),
    replayedBy: 'scheduled'
  }
]

export const samplePath = (account: string, name: string): string => `/${account}/sample/${name}`

/**
 * Fills an account that has none of the sample flows; an account that has one of them is left as it is.
 * Everything becomes durable together or not at all, so that an interrupted start leaves no half of it.
 *
 * @throws StoreUnavailable
 */
export async function loadSample(parts: Parts, account: string, identityId: string): Promise<void> {
  if (SAMPLE_FLOWS.some(({ name }) => parts.store.flowAt(samplePath(account, name)) !== undefined)) return
  const tables: (readonly [SampleFlow, Table])[] = []
  for (const flow of SAMPLE_FLOWS) tables.push([flow, await readTable(flow.table)])
  // No await from here to the end of the loop: one turn is one transaction.
  const published: Promise<unknown>[] = []
  for (const [sample, table] of tables) {
    const path = samplePath(account, sample.name)
    createFlow(parts, account, identityId, path, sample)
    const flow = lookUpFlow(parts, path)
    if (flow === undefined) throw new Error(`The sample flow ${path} was not made`)
    for (const index of table.rows.keys()) {
      published.push(publish(parts, flow, sample.draft(recordAt(table, index))))
    }
  }
  await Promise.all(published)
}

function createFlow(
  parts: Parts,
  account: string,
  identityId: string,
  path: string,
  sample: SampleFlow
): void {
  const creationDate = parts.clock.now()
  const { capacity, description, displayName } = sample
  const id = parts.ids.mint('flow', creationDate)
  const flow: Flow = { id, path, capacity, description, displayName, creationDate, creatorId: identityId }
  parts.store.putObject({ id, kind: 'flow', account, path, creationDate, text: writeJson(flow) })
}

function earthquakeDraft({ id, lat, lon, time, tsunami, net, ...elems }: SampleRecord): DropDraft {
  return {
    ...draftOf({
      ...elems,
      time: date(time),
      tsunami: tsunami === 1,
      network: net,
      page: { type: 'uri', value: `https://earthquake.usgs.gov/earthquakes/eventpage/${String(id)}` }
    }),
    location: { lat: Number(lat), lon: Number(lon) },
    fhash: String(id)
  }
}

const date = (timeMs: string | number | undefined): { readonly type: 'date'; readonly value: number } => ({
  type: 'date',
  value: Number(timeMs)
})

function draftOf(elems: Readonly<Record<string, unknown>>): DropDraft {
  const outcome = canonicalElements(elems)
  if (outcome.kind === 'invalid') throw new Error(`A sample row cannot be a drop: ${outcome.problem}`)
  return { elems: outcome.elems, isPlain: outcome.isPlain }
}
