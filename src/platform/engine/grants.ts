import { checkFlowPath, describeFlowPathProblem, normalizeFlowPath } from '../../shared/model/flow-path.ts'
import type { Step } from '../answer.ts'
import { badRequest, go, stop } from '../answer.ts'
import { isMembers, type Members } from './body.ts'

/** What one caller may do with what lies at a path (platform protocol, "Shares"). */
export interface Rights {
  readonly read: boolean
  readonly write: boolean
  readonly dropRead: boolean
  readonly dropWrite: boolean
}

export const ALL_RIGHTS: Rights = { read: true, write: true, dropRead: true, dropWrite: true }
export const NO_RIGHTS: Rights = { read: false, write: false, dropRead: false, dropWrite: false }

/** Both grants together. */
export const unite = (a: Rights, b: Rights): Rights => ({
  read: a.read || b.read,
  write: a.write || b.write,
  dropRead: a.dropRead || b.dropRead,
  dropWrite: a.dropWrite || b.dropWrite
})

/** Whether anything at all is allowed: then what lies there is visible. */
export const isAnyRight = (rights: Rights): boolean =>
  rights.read || rights.write || rights.dropRead || rights.dropWrite

/** The flags of one path in a token or a share; a missing one is false. */
export interface PathGrant {
  readonly read?: boolean
  readonly write?: boolean
  readonly dropRead?: boolean
  readonly dropWrite?: boolean
  /** All of the others. */
  readonly administer?: boolean
}

/** By path, without a trailing slash; each reaches everything below its path. */
export type PathGrants = Readonly<Record<string, PathGrant>>

/** The rights that grants give on `path`: those on the path itself and on each path above it, united. */
export function rightsFrom(grants: PathGrants, path: string): Rights {
  let rights = NO_RIGHTS
  for (const [root, grant] of Object.entries(grants)) {
    if (path !== root && !path.startsWith(`${root}/`)) continue
    if (grant.administer === true) return ALL_RIGHTS
    const { read = false, write = false, dropRead = false, dropWrite = false } = grant
    rights = unite(rights, { read, write, dropRead, dropWrite })
  }
  return rights
}

/** Paths that one token or share may name: far more than anyone writes, and a bound for every check of a right. */
const MAX_PATHS = 1000

/**
 * The `paths` of a token or a share: an object of paths and flags, at least one. An account's own path,
 * `/ana`, stands for everything of the account. Answers 400 with a sentence for what cannot be accepted.
 */
export function readPathGrants(given: unknown, flags: readonly (keyof PathGrant)[]): Step<PathGrants> {
  if (!isMembers(given)) return stop(badRequest('paths must be an object of flow paths and rights'))
  const entries = Object.entries(given)
  if (entries.length === 0) return stop(badRequest('paths must name at least one flow path'))
  if (entries.length > MAX_PATHS)
    return stop(badRequest(`paths can name ${String(MAX_PATHS)} flow paths at most`))
  const grants: [string, PathGrant][] = []
  for (const [path, rights] of entries) {
    const problem = checkFlowPath(path, true)
    if (problem !== undefined && problem.kind !== 'too-short') {
      return stop(badRequest(describeFlowPathProblem(path, problem)))
    }
    const grant = readGrant(path, rights, flags)
    if (grant.kind === 'stop') return grant
    grants.push([normalizeFlowPath(path), grant.value])
  }
  return go(Object.fromEntries(grants))
}

function readGrant(path: string, given: unknown, flags: readonly (keyof PathGrant)[]): Step<PathGrant> {
  if (!isMembers(given)) return stop(badRequest(`the rights on ${path} must be an object`))
  const wrong = flags.find((flag) => !isFlag(given[flag]))
  if (wrong !== undefined) return stop(badRequest(`${wrong} on ${path} must be true or false`))
  return go(Object.fromEntries(flags.filter((flag) => given[flag] === true).map((flag) => [flag, true])))
}

const isFlag = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === 'boolean'

/** The members that tokens and shares have in common besides their paths. */
export interface GrantLife {
  readonly description?: string
  /** Milliseconds from the creation; left out when it never expires. */
  readonly duration?: number
}

export function readGrantLife(given: Members): Step<GrantLife> {
  const { description, duration } = given
  if (description !== undefined && description !== null && typeof description !== 'string') {
    return stop(badRequest('description must be a text'))
  }
  const hasDuration = duration !== undefined && duration !== null
  if (hasDuration && !(typeof duration === 'number' && Number.isSafeInteger(duration) && duration > 0)) {
    return stop(badRequest('duration must be a whole number of milliseconds above 0'))
  }
  return go({
    ...(typeof description === 'string' ? { description } : {}),
    ...(hasDuration ? { duration: Number(duration) } : {})
  })
}

/** Milliseconds that are left, not below 0; undefined when it never expires. */
export const expiresInMs = (
  grant: { readonly creationDate: number; readonly duration?: number },
  nowMs: number
): number | undefined =>
  grant.duration === undefined ? undefined : Math.max(0, grant.creationDate + grant.duration - nowMs)
