import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApi } from '../../../src/main/client/api.ts'
import type { Api } from '../../../src/main/client/api.ts'
import type { Connections, OpenConnection } from '../../../src/main/connections/connections.ts'
import { jobHandlers } from '../../../src/main/ipc/job-handlers.ts'
import type { JobHandlers } from '../../../src/main/ipc/job-handlers.ts'
import type { Job } from '../../../src/shared/ipc/jobs.ts'
import type { Result } from '../../../src/shared/result.ts'
import { parseJson } from '../../../src/shared/wire/json.ts'
import { ANA, startTestPlatform } from '../../support/platform.ts'
import type { Loose, TestPlatform } from '../../support/platform.ts'

const connectionId = 'test'
let platform: TestPlatform
/** What the handlers speak to: a test may put a client without rights in its place. */
let api: Api
let rightful: Api
let rightless: Api
let folder: string
let filePath: string | undefined
let clipboard = ''
let handlers: JobHandlers
let told: Job[]
let ended: Promise<Job>

beforeAll(async () => {
  platform = await startTestPlatform()
  const host = new URL(platform.url).host
  const server = { host, liveHost: host, version: '4.0', isSecure: false }
  const apiOf = (apiToken: string): Api =>
    createApi({ server, credentials: { account: ANA.account, apiToken } })
  rightful = apiOf(ANA.token)
  rightless = apiOf('not-a-token-0123456789abcdef')
  folder = mkdtempSync(join(tmpdir(), 'flowscope-export-'))
})
afterAll(async () => {
  await Promise.all([rightful.close(), rightless.close()])
  await platform.close()
  rmSync(folder, { recursive: true })
})

beforeEach(() => {
  told = []
  api = rightful
  filePath = join(folder, 'drops.out')
  const use = <T>(_id: string, ask: (connection: OpenConnection) => Promise<Result<T>>): Promise<Result<T>> =>
    ask({ api } as OpenConnection)
  ended = new Promise((resolve) => {
    handlers = jobHandlers({
      connections: { use } as Connections,
      jobChanged: (job) => {
        told.push(job)
        if (job.state.kind !== 'running') resolve(job)
      },
      chooseSaveFile: () => Promise.resolve(filePath),
      writeClipboard: (text) => (clipboard = text)
    })
  })
})

const ENDED_EXPORT = { content: 'drops', hasTypes: false, isFormulaSafe: true } as const
const startExport = (
  flowIds: string[],
  over: Partial<Parameters<JobHandlers['startExport']>[0]> = {}
): ReturnType<JobHandlers['startExport']> =>
  handlers.startExport({
    jobId: 'job',
    connectionId,
    flowIds,
    parameters: { limit: 100_000 },
    name: 'drops',
    format: 'json',
    ...ENDED_EXPORT,
    ...over
  })

/** A flow with these drops, the last one first, as the platform answers. */
let flows = 0
async function makeFlow(drops: readonly unknown[]): Promise<string> {
  flows += 1
  const flowId = await platform.flow(`job-${String(flows)}`)
  for (const drop of drops) await platform.request('POST', `/drop/${flowId}`, drop)
  return flowId
}
const written = (): string => readFileSync(filePath ?? '', 'utf8')

describe('an export', () => {
  const DROPS = [
    {
      elems: { n: 1, at: { type: 'date', value: 1517966773840 }, place: '=1+2' },
      location: { lat: 1.5, lon: -2 }
    },
    '{"elems":{"n":9223372036854775807,"list":[1,"a"],"text":"one, \\"two\\"\\nthree"}}',
    { elems: { n: -3, other: true }, fhash: 'h' }
  ]

  test('writes a JSON list of what the filter finds, in the asked order, with all digits', async () => {
    const flowId = await makeFlow(DROPS)
    await startExport([flowId], { parameters: { filter: 'n > 0', order: 'asc', limit: 100_000 } })
    expect(await ended).toMatchObject({ state: { kind: 'done' }, doneDrops: 2 })
    const drops = parseJson(written()) as Loose[]
    expect(drops.map(({ elems }) => elems.n)).toEqual([1, 9223372036854775807n])
    expect(drops[0]).toMatchObject({ flowId, elems: { at: 1517966773840 } })
  })

  test('writes one drop a line as NDJSON, elements alone and with their types if wanted', async () => {
    const flowId = await makeFlow(DROPS.slice(0, 1))
    await startExport([flowId], { format: 'ndjson', content: 'elems', hasTypes: true })
    expect(await ended).toMatchObject({ state: { kind: 'done' }, writtenBytes: written().length })
    expect(
      written()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    ).toEqual([
      {
        n: { type: 'integer', value: 1 },
        at: { type: 'date', value: 1517966773840 },
        place: { type: 'string', value: '=1+2' }
      }
    ])
  })

  test('writes a table: dates in ISO, quotes doubled, formulas made harmless, numbers as they are', async () => {
    const flowId = await makeFlow(DROPS)
    const columns = ['elems.n', 'elems.at', 'elems.place', 'location', 'elems.list', 'elems.text', 'fhash']
    await startExport([flowId], { format: 'csv', columns })
    expect(await ended).toMatchObject({ state: { kind: 'done' }, doneDrops: 3 })
    expect(written()).toBe(
      [
        'n,at,place,location,list,text,fhash',
        '-3,,,,,,h',
        '9223372036854775807,,,,"[1,""a""]","one, ""two""\nthree",',
        `1,2018-02-07T01:26:13.840Z,'=1+2,"1.5, -2",,,`,
        ''
      ].join('\r\n')
    )
  })

  test('finds all columns of a table itself when none are named, and keeps formulas when told to', async () => {
    const flowId = await makeFlow(DROPS)
    await startExport([flowId], { format: 'csv', isFormulaSafe: false })
    expect(await ended).toMatchObject({ state: { kind: 'done' }, leftOutElements: 0 })
    const [titles, ...rows] = written().split('\r\n')
    expect(titles).toBe('id,path,creationDate,n,other,list,text,at,place,location,fhash,version,lastEditDate')
    expect(rows.join()).toContain(',=1+2,')
  })

  test('goes through several flows into one file', async () => {
    const flowIds = [
      await makeFlow([{ elems: { a: 1 } }]),
      await makeFlow([]),
      await makeFlow([{ elems: { a: 2 } }])
    ]
    await startExport(flowIds)
    await ended
    expect((JSON.parse(written()) as Loose[]).map(({ elems }) => elems.a)).toEqual([1, 2])
  })

  test('of nothing is an empty list', async () => {
    await startExport([await makeFlow([])])
    await ended
    expect(JSON.parse(written())).toEqual([])
  })

  test('starts nothing when the dialog is cancelled', async () => {
    filePath = undefined
    expect(await startExport([await makeFlow([])])).toEqual({ ok: true, value: null })
    expect(told).toEqual([])
  })

  test('that is cancelled leaves the file that was there, and no part of its own', async () => {
    const flowId = await makeFlow(DROPS)
    writeFileSync(filePath ?? '', 'before')
    await startExport([flowId])
    void handlers.cancelJob({ jobId: 'job' })
    expect((await ended).state.kind).toBe('cancelled')
    expect([written(), readdirSync(folder)]).toEqual(['before', ['drops.out']])
  })

  test('to a place where nothing can be written says so', async () => {
    filePath = join(folder, 'missing', 'drops.json')
    await startExport([await makeFlow([])])
    expect((await ended).state).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('the folder does not exist') as string
    })
  })

  test('that the platform refuses leaves nothing and says why', async () => {
    const flowId = await makeFlow([])
    rmSync(filePath ?? '', { force: true })
    await startExport([flowId], { parameters: { filter: 'n >' } })
    expect((await ended).state.kind).toBe('failed')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a delete of many drops', () => {
  const preview = (target: Parameters<JobHandlers['previewDelete']>[0]['target']) =>
    handlers.previewDelete({ previewId: 'preview', connectionId, target })
  const countOf = async (flowId: string): Promise<number> =>
    ((await platform.request('GET', `/drop/${flowId}?limit=1000`)).body as unknown[]).length

  test('looks first, and then deletes exactly what it looked at', async () => {
    const flowId = await makeFlow(Array.from({ length: 30 }, (_, n) => ({ elems: { n } })))
    const found = {
      kind: 'found',
      flowIds: [flowId],
      parameters: { filter: 'n < 20', limit: 100_000 }
    } as const
    const looked = await preview({ ...found, flowIds: [flowId] })
    expect(looked).toMatchObject({ ok: true, value: { dropCount: 20 } })
    expect(looked.ok ? looked.value.sample : []).toHaveLength(5)
    expect(await countOf(flowId)).toBe(30)
    // What arrives after the look was not looked at.
    await platform.request('POST', `/drop/${flowId}`, { elems: { n: 1 } })
    expect(await handlers.startDelete({ jobId: 'job', previewId: 'preview' })).toMatchObject({ ok: true })
    expect(await ended).toMatchObject({
      state: { kind: 'done' },
      doneDrops: 20,
      totalDrops: 20,
      failedDrops: 0
    })
    expect(await countOf(flowId)).toBe(11)
  })

  test('without a look before it is refused', async () => {
    expect(await handlers.startDelete({ jobId: 'job', previewId: 'never' })).toMatchObject({ ok: false })
  })

  test('counts drops that somebody else deleted first, and tells what became of each', async () => {
    const flowId = await makeFlow([{ elems: { n: 1 } }, { elems: { n: 2 } }])
    const drops = (await platform.request('GET', `/drop/${flowId}`)).body as { id: string }[]
    const [first, second] = drops.map(({ id }) => id)
    await preview({ kind: 'chosen', drops: drops.map(({ id }) => ({ flowId, dropId: id })) })
    await platform.request('DELETE', `/drop/${flowId}/${String(first)}`)
    await handlers.startDelete({ jobId: 'job', previewId: 'preview' })
    expect(await ended).toMatchObject({ doneDrops: 2, goneDrops: 1, failedDrops: 0 })
    await handlers.copyDeleteResults({ jobId: 'job' })
    expect(clipboard.split('\n')).toEqual([
      'drop\tflow\tresult\treason',
      `${String(first)}\t${flowId}\tgone\t`,
      `${String(second)}\t${flowId}\tdeleted\t`
    ])
  })

  test('that cannot delete says why for each, and tries the rest again', async () => {
    const flowId = await makeFlow([{ elems: { n: 1 } }, { elems: { n: 2 } }])
    await preview({ kind: 'found', flowIds: [flowId], parameters: { limit: 100 } })
    api = rightless
    await handlers.startDelete({ jobId: 'job', previewId: 'preview' })
    const failedJob = await ended
    api = rightful
    expect(failedJob).toMatchObject({ state: { kind: 'done' }, doneDrops: 0, failedDrops: 2 })
    expect(failedJob.failures).toHaveLength(2)
    expect(await countOf(flowId)).toBe(2)

    const before = told.length
    await handlers.retryDelete({ jobId: 'job' })
    await expect.poll(() => told.slice(before).at(-1)).toMatchObject({ doneDrops: 2, failedDrops: 0 })
    expect(await countOf(flowId)).toBe(0)
  })

  test('that is cancelled at once deletes little and says what was not tried', async () => {
    const flowId = await makeFlow(Array.from({ length: 60 }, (_, n) => ({ elems: { n } })))
    await preview({ kind: 'found', flowIds: [flowId], parameters: { limit: 100 } })
    await handlers.startDelete({ jobId: 'job', previewId: 'preview' })
    void handlers.cancelJob({ jobId: 'job' })
    const job = await ended
    expect(job.state.kind).toBe('cancelled')
    expect(await countOf(flowId)).toBe(60 - job.doneDrops)
    expect(job.doneDrops).toBeLessThan(60)
    await handlers.copyDeleteResults({ jobId: 'job' })
    expect(clipboard).toContain('not-tried')
  })
})
