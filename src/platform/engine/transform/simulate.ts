import type { Clock } from '../../../shared/clock.ts'
import { toPlainElements, toTypedElements } from '../../../shared/model/element-encoding.ts'
import type { Result } from '../../../shared/result.ts'
import { success } from '../../../shared/result.ts'
import type { DropFilter } from '../../filters.ts'
import { dropFilter, filterProblem } from '../../filters.ts'
import type { FilterJudge } from '../filter-judge.ts'
import { refuse } from '../refusal.ts'
import type { TransformedDrop, TransformOutput } from './output.ts'
import { readOutput } from './output.ts'
import { countLines } from './sandbox.ts'
import type { Transformer } from './transformer.ts'

/** The answer to `POST /track/simulate` (platform protocol, "Tracks"). */
export interface Simulation {
  /** The drops that would be written, with plain elements; `path` when the function chose it. */
  readonly drops: readonly SimulatedDrop[]
  /** What went in, and what came out, with typed elements. */
  readonly log: readonly LogEntry[]
  /** Why there are no drops when the function failed; empty on success. */
  readonly errors: readonly string[]
}

export interface SimulatedDrop extends TransformedDrop {
  readonly path?: string
}

/** A 1-based line of the function, and the variables that were set there. */
export interface LogEntry {
  readonly line_no: number
  readonly [variable: string]: unknown
}

export interface SimulateOptions {
  /** Who asks: with whose rights `Flow.*` reads, and whose other simulations this one waits for. */
  readonly asIdentity: string
  readonly clock: Clock
  /** Decides on the filter beside the loop when that takes long. */
  readonly judge: FilterJudge
}

/**
 * Tries a function, and a filter before it, on a drop; stores nothing. `request` is the parsed body.
 *
 * Fails, to be answered 400, when the body is not one: no drop, elements that do not fit their type, no js, a filter
 * that does not parse. A function that fails is no failure: it is reported in `errors`. A drop that the filter rejects
 * gives no drops and only the first log entry.
 */
export async function simulate(
  transformer: Transformer,
  request: unknown,
  options: SimulateOptions
): Promise<Result<Simulation>> {
  const body = (typeof request === 'object' && request !== null ? request : {}) as Record<string, unknown>
  const { js } = body
  if (typeof js !== 'string' || js.trim() === '')
    return refuse('js must be the text of one function expression.')
  const drop = readDrop(body['drop'])
  if (!drop.ok) return drop
  const filter = readFilter(body['filter'], options)
  if (!filter.ok) return filter
  const input: LogEntry = { line_no: 1, input: typed(drop.value) }
  if (filter.value !== undefined && !(await options.judge.passes(filter.value, drop.value)))
    return success({ drops: [], log: [input], errors: [] })
  const result = await transformer.run({
    trackId: `simulation of ${options.asIdentity}`,
    js,
    drop: drop.value,
    asIdentity: options.asIdentity
  })
  if (!result.ok) {
    // The function's own fault is an answer; the server's is not.
    if (result.failure.code !== 'platform/bad-request') return result
    return success({ drops: [], log: [input], errors: [result.failure.message] })
  }
  const drops = simulatedDrops(result.value)
  const output = drops.map((each) => typed(each))
  return success({
    drops: drops.map((each) => ({ ...each, elems: toPlainElements(each.elems) })),
    log: [input, { line_no: countLines(js), output: output.length === 1 ? output[0] : output }],
    errors: []
  })
}

/** A drop as a function would be given it, from what the caller wrote: canonical, other members left as they are. */
function readDrop(given: unknown): Result<TransformedDrop> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || !Object.hasOwn(given, 'elems')) {
    return refuse('drop must be an object with elems.')
  }
  const read = readOutput(given)
  if (!read.ok) return refuse(read.failure.message.replace('The function returned', 'The request has'))
  if (read.value.kind !== 'drops') return refuse('drop must be an object with elems.')
  return success({ ...(given as TransformedDrop), ...read.value.drops[0] })
}

function readFilter(given: unknown, { clock }: SimulateOptions): Result<DropFilter | undefined> {
  if (given === undefined || given === null) return success(undefined)
  if (typeof given !== 'string') return refuse('filter must be the text of a filter.')
  const problem = filterProblem(given)
  return problem === undefined ? success(dropFilter(given, clock)) : refuse(problem)
}

function simulatedDrops(output: TransformOutput): SimulatedDrop[] {
  switch (output.kind) {
    case 'none':
      return []
    case 'drops':
      return [...output.drops]
    case 'paths':
      return [...output.byPath].flatMap(([path, drops]) => drops.map((drop) => ({ path, ...drop })))
  }
}

const typed = (drop: SimulatedDrop): SimulatedDrop => ({ ...drop, elems: toTypedElements(drop.elems) })
