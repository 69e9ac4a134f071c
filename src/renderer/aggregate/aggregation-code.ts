import type { AggregationDraft } from '../../shared/model/aggregate.ts'

/** An aggregation as a call to paste into a script. The script's own credentials are its own matter. */

/** A call of the official Python client. */
export function asPython(flowId: string, draft: AggregationDraft): string {
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
export function asTypeScript(flowId: string, draft: AggregationDraft): string {
  const { output, ...options } = draft
  const rest = Object.keys(options).length === 0 ? '' : `, ${JSON.stringify(options, null, 2)}`
  return `const rows = await api.drop(${JSON.stringify(flowId)}).aggregate(${JSON.stringify(output)}${rest})`
}

/** Texts, lists and maps of texts read the same in Python as in JSON; JSON's escapes are Python's too. */
const inPython = (value: unknown): string => JSON.stringify(value)
