import { maskKeptText } from '../../shared/secret-text.ts'
import { FIRST_DRAFT, makeRow } from './request-draft.ts'
import type { RequestDraft } from './request-draft.ts'

export const REQUEST_VIEWS = ['request', 'batch', 'frame'] as const
export type RequestViewName = (typeof REQUEST_VIEWS)[number]

export interface BatchSettings {
  readonly text: string
  readonly concurrency: number
  readonly stopsAtFailure: boolean
}

/** What a request console keeps for the next run. */
export interface RequestState {
  readonly view: RequestViewName
  readonly draft: RequestDraft
  readonly frameText: string
  readonly batch: BatchSettings
}

export const FIRST_STATE: RequestState = {
  view: 'request',
  draft: FIRST_DRAFT,
  frameText: '{"type": "findmany", "object": "flow", "options": {"limit": 1}}',
  batch: { text: '', concurrency: 4, stopsAtFailure: false }
}

/** What the state of a tab may hold (`shared/ipc/settings.ts`). */
const MAX_STATE_CHARACTERS = 65_536

/**
 * The state as text, without secrets. When it is too long to be kept, the longest of its texts is left out, and so on: a
 * person finds that field empty and the others as they were.
 */
export function writeRequestState({ view, draft, frameText, batch }: RequestState): string {
  const rows = draft.rows.map(({ name, value, isOn }) => ({ name, value: maskKeptText(value), isOn }))
  const texts = new Map([
    ['body', maskKeptText(draft.body)],
    ['frame', maskKeptText(frameText)],
    ['batch', maskKeptText(batch.text)]
  ])
  for (;;) {
    const text = JSON.stringify({
      view,
      draft: { ...draft, rows, body: texts.get('body') },
      frameText: texts.get('frame'),
      batch: { ...batch, text: texts.get('batch') }
    })
    if (text.length <= MAX_STATE_CHARACTERS) return text
    const [longest, its] = [...texts].reduce((left, right) =>
      right[1].length > left[1].length ? right : left
    )
    if (its === '') return ''
    texts.set(longest, '')
  }
}

/** What a text says; a part that is missing or of another version is as at the first time. */
export function readRequestState(text: string): RequestState {
  let stored: unknown
  try {
    stored = JSON.parse(text)
  } catch {
    return FIRST_STATE
  }
  const { view, draft, frameText, batch } = membersOf(stored)
  const { method, path, rows, body } = membersOf(draft)
  const settings = membersOf(batch)
  return {
    view: REQUEST_VIEWS.find((known) => known === view) ?? FIRST_STATE.view,
    draft: {
      method: textOr(method, FIRST_DRAFT.method),
      path: textOr(path, FIRST_DRAFT.path),
      rows: Array.isArray(rows) ? rows.map(rowOf) : FIRST_DRAFT.rows,
      body: textOr(body, FIRST_DRAFT.body)
    },
    frameText: textOr(frameText, FIRST_STATE.frameText),
    batch: {
      text: textOr(settings['text'], ''),
      concurrency:
        typeof settings['concurrency'] === 'number' ? settings['concurrency'] : FIRST_STATE.batch.concurrency,
      stopsAtFailure: settings['stopsAtFailure'] === true
    }
  }
}

function rowOf(stored: unknown): ReturnType<typeof makeRow> {
  const { name, value, isOn } = membersOf(stored)
  return makeRow(textOr(name, ''), textOr(value, ''), isOn !== false)
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)
