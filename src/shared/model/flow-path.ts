/**
 * Paths of flows, such as `/ana/attic`: a slash, the account, and at least one more segment.
 *
 * Segments hold `A-Z a-z 0-9 _ . : -` and are case-sensitive. One trailing slash is ignored. A segment that starts with
 * `:` belongs to the system: readable, not creatable by people. (Platform protocol, "Flows".)
 */
export const MAX_FLOW_PATH_LENGTH = 128

const SEGMENT = /^[A-Za-z0-9_.:-]+$/

export type FlowPathProblem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'no-leading-slash' }
  | { readonly kind: 'too-long'; readonly length: number }
  | { readonly kind: 'too-short' }
  | { readonly kind: 'empty-segment' }
  | { readonly kind: 'bad-segment'; readonly segment: string }
  | { readonly kind: 'reserved-segment'; readonly segment: string }

/** The path as it is stored: without its one allowed trailing slash. */
export const normalizeFlowPath = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path

/** The segments of a path: `/ana/attic` gives `['ana', 'attic']`. */
export const flowPathSegments = (path: string): string[] => normalizeFlowPath(path).split('/').slice(1)

/** The last segment, as it is shown on a tab. */
export const flowPathName = (path: string): string => flowPathSegments(path).at(-1) ?? path

/** The first segment: the account that owns the flow. */
export const flowPathAccount = (path: string): string => flowPathSegments(path)[0] ?? ''

/**
 * What keeps `path` from being a flow's path, or `undefined`.
 *
 * `allowReserved` accepts segments that start with `:`, for what the platform itself creates.
 */
export function checkFlowPath(path: string, allowReserved = false): FlowPathProblem | undefined {
  if (path === '') return { kind: 'empty' }
  if (!path.startsWith('/')) return { kind: 'no-leading-slash' }
  const normal = normalizeFlowPath(path)
  if (normal.length > MAX_FLOW_PATH_LENGTH) return { kind: 'too-long', length: normal.length }
  const segments = normal.split('/').slice(1)
  for (const segment of segments) {
    if (segment === '') return { kind: 'empty-segment' }
    if (!SEGMENT.test(segment)) return { kind: 'bad-segment', segment }
    if (segment.startsWith(':') && !allowReserved) return { kind: 'reserved-segment', segment }
  }
  return segments.length < 2 ? { kind: 'too-short' } : undefined
}

/** One sentence for a problem, ready to be shown. */
export function describeFlowPathProblem(path: string, problem: FlowPathProblem): string {
  switch (problem.kind) {
    case 'empty':
      return 'A flow needs a path, such as /account/name.'
    case 'no-leading-slash':
      return `The path "${path}" must start with a slash.`
    case 'too-long':
      return `The path has ${String(problem.length)} characters; ${String(MAX_FLOW_PATH_LENGTH)} are allowed.`
    case 'too-short':
      return `The path "${path}" needs at least one segment after the account, such as ${normalizeFlowPath(path)}/name.`
    case 'empty-segment':
      return `The path "${path}" has an empty segment: two slashes in a row.`
    case 'bad-segment':
      return `The segment "${problem.segment}" may hold only letters, digits and _ . : -`
    case 'reserved-segment':
      return `The segment "${problem.segment}" starts with a colon, which is reserved for the platform.`
  }
}
