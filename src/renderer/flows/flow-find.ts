import type { FlowSummary, TreeWalk } from './tree-node.ts'

/** Nodes that one step looks at: far less than a millisecond, so a slice of work ends in time. */
const STEP_NODES = 250

/** Flows for the palette: every word in the path; those whose last segment starts with the text come first. */
export function* findFlows(walk: TreeWalk, text: string, limit: number): Generator<void, FlowSummary[]> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const first: FlowSummary[] = []
  const rest: FlowSummary[] = []
  let nodes = 0
  for (let node = walk.next(); node !== undefined && first.length < limit; node = walk.next()) {
    nodes += 1
    if (nodes % STEP_NODES === 0) yield
    const { flow } = node
    if (flow === undefined) continue
    const lower = flow.path.toLowerCase()
    if (!words.every((word) => lower.includes(word))) continue
    const isFirst = words[0] !== undefined && node.name.toLowerCase().startsWith(words[0])
    if (isFirst) first.push(flow)
    else if (rest.length < limit) rest.push(flow)
    if (words.length === 0 && rest.length >= limit) break
  }
  return [...first, ...rest].slice(0, limit)
}
