import type { AggregationDraft, AggregationRow } from '../../shared/model/aggregate.ts'
import type { Drop, DropDraft } from '../../shared/model/drop.ts'
import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { sentParameters } from './call-parameters.ts'
import type { CallParameters } from './call-parameters.ts'
import type { Answer, FaceName } from './face.ts'
import { filterText } from './filter-text.ts'
import type { Filter } from './filter-text.ts'
import type { HttpStream } from './http.ts'
import type { RequestParameters } from './server.ts'
import type { FixedService, NoParameters, Reply, Service, Streaming } from './service-verbs.ts'
import { asking, createService, emptied } from './services.ts'
import type { Speech } from './services.ts'

/** The drops of one flow (platform protocol, "Drops"). */
export interface DropService<F extends FaceName> extends Service<F, Drop, DropDraft> {
  /** Empties the flow. */
  deleteAll(parameters?: CallParameters): Promise<Answer<F, null>>
  /** Adds the drops up: one row a group (platform protocol, "Aggregation"). The whole flow is looked at. */
  aggregate(
    output: readonly string[],
    options?: AggregateOptions,
    parameters?: CallParameters
  ): Promise<Answer<F, readonly AggregationRow[]>>
}

/** As `AggregationDraft`; filters also as they were built. */
export interface AggregateOptions extends Pick<AggregationDraft, 'groupBy' | 'sorts'> {
  readonly filter?: Filter
  readonly rules?: Readonly<Record<string, Filter>>
}

/** Drops by the paths of their flows, and the way to the drops of one flow: `drop(flowId)`. */
export interface DropServices<F extends FaceName> {
  /** An id, or a path. */
  (flow: string): DropService<F>
  /** Makes a drop in the flow at its path. */
  create<P extends CallParameters = NoParameters>(
    draft: DropDraft & { readonly path: string },
    parameters?: P
  ): Reply<F, P, Drop>
  /** Finds in the flow at `path`, a parameter that must be there. */
  readonly findMany: FixedService<F, Drop, DropDraft>['findMany']
  /** Finds in several flows at once; answers the drops by the id of their flow. */
  multiFind(
    finds: readonly FlowFind[],
    parameters?: CallParameters
  ): Promise<Answer<F, Readonly<Record<string, readonly Drop[]>>>>
}

/** What is found in one of several flows. */
export type FlowFind = ({ readonly flowId: string } | { readonly path: string }) & {
  /** Filter, limit, sort and so on; how drops are written (`hints`, `refs`) goes with the whole call. */
  readonly params?: CallParameters
}

/** For who passes an answer on without reading it: texts of whole answers in pieces. */
export interface DropStreaming<F extends FaceName> extends Streaming<F> {
  /** As `readMany`. */
  readManyStream(ids: readonly string[], parameters?: CallParameters): Promise<Answer<F, HttpStream>>
}

export interface DropsStreaming<F extends FaceName> {
  /** As `multiFind`. */
  multiFindStream(finds: readonly FlowFind[], parameters?: CallParameters): Promise<Answer<F, HttpStream>>
}

/** What the app's own face offers beside the verbs. */
export type StreamingDropServices = ((flow: string) => DropService<'result'> & DropStreaming<'result'>) &
  DropServices<'result'> &
  DropsStreaming<'result'>

export function createDropServices<F extends FaceName>(
  speech: Speech<F>
): ((flow: string) => DropService<F> & DropStreaming<F>) & DropServices<F> & DropsStreaming<F> {
  const { requests, face } = speech
  const { create, findMany } = createService<F, Drop, DropDraft>(speech, '/drop')
  return Object.assign((flow: string) => createDropService(speech, flow), {
    create: create as DropServices<F>['create'],
    findMany,
    multiFind: async (finds: readonly FlowFind[], parameters?: CallParameters) => {
      const data = await sentFinds(finds)
      return data.ok
        ? await asking(speech)('MGET', '/drop', { parameters, data: data.value })
        : face.settle<never>(data)
    },
    multiFindStream: async (finds: readonly FlowFind[], parameters?: CallParameters) => {
      const data = await sentFinds(finds)
      return face.settle(
        data.ok ? await requests.stream('MGET', '/drop', { parameters, data: data.value }) : data
      )
    }
  })
}

function createDropService<F extends FaceName>(
  speech: Speech<F>,
  flow: string
): DropService<F> & DropStreaming<F> {
  const { requests, face } = speech
  const base = `/drop/${encodeURIComponent(flow)}`
  return {
    ...createService<F, Drop, DropDraft>(speech, base),
    deleteAll: async (parameters) =>
      face.settle(emptied(await requests.body('DELETE', base, { parameters }))),
    aggregate: async (output, options = {}, parameters) => {
      const draft = await aggregationDraft(output, options)
      return draft.ok
        ? await asking(speech)('POST', `${base}/aggregate`, { parameters, data: draft.value })
        : face.settle<never>(draft)
    },
    readManyStream: async (ids, parameters) =>
      face.settle(await requests.stream('MGET', base, { parameters, data: ids }))
  }
}

/** What is absent stays absent: an empty filter or list would be checked by the platform. */
async function aggregationDraft(
  output: readonly string[],
  { groupBy, filter, rules, sorts }: AggregateOptions
): Promise<Result<AggregationDraft>> {
  const text = filter === undefined ? undefined : await filterText([filter])
  if (text?.ok === false) return text
  const ruleTexts: Record<string, string> = {}
  for (const [name, rule] of Object.entries(rules ?? {})) {
    const ruleText = await filterText([rule])
    if (!ruleText.ok) return ruleText
    ruleTexts[name] = ruleText.value
  }
  return success({
    output,
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(text === undefined ? {} : { filter: text.value }),
    ...(rules === undefined ? {} : { rules: ruleTexts }),
    ...(sorts === undefined ? {} : { sorts })
  })
}

async function sentFinds(finds: readonly FlowFind[]): Promise<Result<readonly object[]>> {
  const sent: object[] = []
  for (const { params, ...flow } of finds) {
    const parameters: Result<RequestParameters> = await sentParameters(params ?? {})
    if (!parameters.ok) return parameters
    sent.push({ ...flow, ...(params === undefined ? {} : { params: parameters.value }) })
  }
  return success(sent)
}
