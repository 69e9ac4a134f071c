import { writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { createdText, go, okText } from '../answer.ts'
import { encodeRow } from '../store/encoding.ts'
import { mentionedIn } from '../store/find.ts'
import { AnswerTooLarge, MAX_ANSWER_LENGTH, type Row } from '../store/query.ts'
import { readPresentation } from './parameters.ts'
import type { Call, Parts } from './parts.ts'
import { references } from './references.ts'

/** Answers objects in the form that a call asks for: `hints`, `only` and `refs`. */
export interface Presenter {
  readonly one: (row: Row) => Answer
  readonly created: (row: Row) => Answer
  /** Several objects, by the ids with which they were asked for. @throws AnswerTooLarge */
  readonly many: (rows: readonly (readonly [id: string, row: Row])[]) => Answer
}

/** Reads how objects are to be answered, before anything is changed: answers 400 when a parameter is invalid. */
export function presenterOf(parts: Parts, call: Call): Step<Presenter> {
  const presentation = readPresentation(call)
  if (presentation.kind === 'stop') return presentation
  const { encoding, only, refs } = presentation.value
  const textOf = (row: Row): string => encodeRow(row, encoding, only)
  const referencesOf = (rows: readonly Row[]): Readonly<Record<string, unknown>> | undefined =>
    refs
      ? references(
          parts,
          call.caller,
          rows.flatMap(({ value }) => mentionedIn(value))
        )
      : undefined
  return go({
    one: (row) => okText(textOf(row), referencesOf([row])),
    created: (row) => {
      const named = referencesOf([row])
      return { ...createdText(textOf(row)), ...(named === undefined ? {} : { references: named }) }
    },
    many: (rows) => {
      if (rows.reduce((length, [, { text }]) => length + text.length, 0) > MAX_ANSWER_LENGTH)
        throw new AnswerTooLarge()
      const members = rows.map(([id, row]) => `${writeJson(id)}:${textOf(row)}`)
      return okText(`{${members.join(',')}}`, referencesOf(rows.map(([, row]) => row)))
    }
  })
}

/** What `answer` makes with the presenter of a call, or the refusal of its parameters. */
export async function presented(
  parts: Parts,
  call: Call,
  answer: (presenter: Presenter) => Answer
): Promise<Answer> {
  const presenter = presenterOf(parts, call)
  return await Promise.resolve(presenter.kind === 'stop' ? presenter.answer : answer(presenter.value))
}
