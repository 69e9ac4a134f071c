import { describeDiagnostic, parseFilter } from '../../shared/filter/index.ts'
import type { Failure } from '../../shared/failure.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { DEFAULT_CAPACITY_DROPS, MAX_CAPACITY_DROPS } from '../../shared/model/flow.ts'
import { checkFlowPath, describeFlowPathProblem, normalizeFlowPath } from '../../shared/model/flow-path.ts'
import { formatCount } from '../ui/quantity.ts'

/** A flow as it stands in a form: texts, whatever was typed. */
export interface FlowDraft {
  readonly path: string
  readonly capacity: string
  readonly description: string
  readonly filter: string
}

export type FlowField = keyof FlowDraft

/** A sentence for each field that cannot be sent as it is. */
export type FieldProblems = Readonly<Partial<Record<FlowField, string>>>

export interface FlowChanges {
  path?: string
  capacity?: number
  description?: string
  filter?: string
}

export const emptyDraft = (path: string): FlowDraft => ({
  path,
  capacity: String(DEFAULT_CAPACITY_DROPS),
  description: '',
  filter: ''
})

export const draftOf = ({ path, capacity, description, filter }: Flow): FlowDraft => ({
  path,
  capacity: String(capacity),
  description: description ?? '',
  filter: filter ?? ''
})

/**
 * What keeps a draft from being sent. `before` is the flow that is edited, if it is there already; `takenPath` is a path that is
 * known to belong to another flow.
 */
export function checkDraft(
  draft: FlowDraft,
  before: Flow | undefined,
  takenPath: string | undefined
): FieldProblems {
  const path = normalizeFlowPath(draft.path.trim())
  const pathProblem = path === before?.path ? undefined : checkFlowPath(path)
  const capacity = readCapacity(draft.capacity)
  const [diagnostic] = draft.filter.trim() === '' ? [] : parseFilter(draft.filter).diagnostics
  return {
    ...(pathProblem !== undefined
      ? { path: describeFlowPathProblem(path, pathProblem) }
      : takenPath === path && path !== before?.path
        ? { path: `There is a flow at ${path} already: choose another path.` }
        : {}),
    ...(capacity === undefined
      ? { capacity: `The capacity is a whole number from 0 to ${formatCount(MAX_CAPACITY_DROPS)}.` }
      : {}),
    ...(diagnostic === undefined ? {} : { filter: describeDiagnostic(draft.filter, diagnostic) })
  }
}

/** What saving the draft would change beyond the form itself. */
export function warningsOf(draft: FlowDraft, before: Flow | undefined): FieldProblems {
  if (before === undefined) return {}
  const capacity = readCapacity(draft.capacity)
  return {
    ...(normalizeFlowPath(draft.path.trim()) === before.path
      ? {}
      : {
          path: 'Tracks that name the old path stop working; drops that are in the flow keep the old path.'
        }),
    ...(capacity !== undefined && capacity < before.capacity
      ? { capacity: `The oldest drops beyond ${formatCount(capacity)} are deleted at once.` }
      : {})
  }
}

/** The members that differ from the flow as it was; all that are given, for a new one. */
export function changesOf(draft: FlowDraft, before: Flow | undefined): FlowChanges {
  const whole = {
    path: normalizeFlowPath(draft.path.trim()),
    capacity: readCapacity(draft.capacity) ?? DEFAULT_CAPACITY_DROPS,
    description: draft.description,
    filter: draft.filter.trim()
  }
  const changes: FlowChanges = {}
  if (whole.path !== before?.path) changes.path = whole.path
  if (whole.capacity !== before?.capacity) changes.capacity = whole.capacity
  if (whole.description !== (before?.description ?? '')) changes.description = whole.description
  if (whole.filter !== (before?.filter ?? '')) changes.filter = whole.filter
  return changes
}

/** The field that a refusal of the platform is about; undefined when it is about none of them. */
export function fieldOf({ code, message }: Failure): FlowField | undefined {
  if (code === 'platform/forbidden') return 'path'
  if (code !== 'platform/bad-request') return undefined
  // A path may hold any of the other words, a sentence about another field no path.
  if (/\bpath\b|"\/|segment/.test(message)) return 'path'
  if (/capacity/.test(message)) return 'capacity'
  if (/filter|column \d/i.test(message)) return 'filter'
  return /description/.test(message) ? 'description' : undefined
}

/** Digits, with commas or spaces between them as people write them. */
function readCapacity(text: string): number | undefined {
  const digits = text.trim().replaceAll(/[,\s_]/g, '')
  if (!/^\d{1,9}$/.test(digits)) return undefined
  const capacity = Number(digits)
  return capacity <= MAX_CAPACITY_DROPS ? capacity : undefined
}
