import type { AggregationDraft } from '../../shared/model/aggregate.ts'

/** An aggregation as something to paste: into a shell, a Python script, a TypeScript file. No token in any of them. */

export interface AggregationPlace {
  /** Scheme, host and port. */
  readonly origin: string
  readonly version: string
  readonly account: string
  readonly flowId: string
}

/** One curl command; the token comes from the environment. */
export function asCurl(
  { origin, version, account, flowId }: AggregationPlace,
  draft: AggregationDraft
): string {
  const url = `${origin}/v${version}/${encodeURIComponent(account)}/drop/${encodeURIComponent(flowId)}/aggregate`
  return [
    `curl -X POST ${inShell(url)}`,
    `-H ${inShell(`X-Auth-Account: ${account}`)}`,
    '-H "X-Auth-Token: $FLOWTHINGS_TOKEN"',
    `-H 'Content-Type: application/json'`,
    `--data-binary ${inShell(JSON.stringify(draft))}`
  ].join(' \\\n  ')
}

/** A call of the official Python client. */
export function asPython({ flowId }: AggregationPlace, draft: AggregationDraft): string {
  const parts = [
    `    ${inPython(draft.output)}`,
    ...(draft.groupBy === undefined ? [] : [`    group_by=${inPython(draft.groupBy)}`]),
    ...(draft.filter === undefined ? [] : [`    filter=${inPython(draft.filter)}`]),
    ...(draft.rules === undefined ? [] : [`    rules=${inPython(draft.rules)}`]),
    ...(draft.sorts === undefined ? [] : [`    sorts=${inPython(draft.sorts)}`])
  ]
  return `rows = api.drop(${inPython(flowId)}).aggregate(\n${parts.join(',\n')}\n)`
}

/** A call of Flowscope's own client. */
export function asTypeScript({ flowId }: AggregationPlace, draft: AggregationDraft): string {
  const { output, ...options } = draft
  const rest = Object.keys(options).length === 0 ? '' : `, ${JSON.stringify(options, null, 2)}`
  return `const rows = await api.drop(${JSON.stringify(flowId)}).aggregate(${JSON.stringify(output)}${rest})`
}

const inShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Texts, lists and maps of texts read the same in Python as in JSON; JSON's escapes are Python's too. */
const inPython = (value: unknown): string => JSON.stringify(value)
