import { writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { go, okText, refused, stop } from '../answer.ts'
import { encodeRow } from '../store/encoding.ts'
import { answerQuery, mentionedIn } from '../store/find.ts'
import type { Row } from '../store/query.ts'
import { arrayRows } from '../store/rows.ts'
import type { Members } from './body.ts'
import { readIds } from './body.ts'
import { readPresentation, readQuery } from './parameters.ts'
import type { Call, Parts } from './parts.ts'
import { references } from './references.ts'

/**
 * How the services whose objects are few answer: tokens, shares, groups, identities. Their objects are looked
 * through in memory, for what a caller sees of each depends on who it is and on the time.
 */
export interface KeptObject extends Members {
  readonly id: string
}

/** One object as the parameters of the call ask for it. */
export async function presentKept(
  parts: Parts,
  call: Call,
  object: KeptObject,
  status = 200
): Promise<Answer> {
  const presentation = readPresentation(call)
  if (presentation.kind === 'stop') return presentation.answer
  const { only, refs } = presentation.value
  const mentioned = refs ? references(parts, call.caller, mentionedIn(object)) : undefined
  const answer = okText(encodeRow(keptRow(object), 'plain', only), mentioned)
  return await Promise.resolve(status === 200 ? answer : { ...answer, status, messages: ['created'] })
}

/** A find among `objects`, which are in the order of their creation. */
export async function findKept(parts: Parts, call: Call, objects: readonly KeptObject[]): Promise<Answer> {
  const query = readQuery(call)
  if (query.kind === 'stop') return query.answer
  const found = answerQuery(arrayRows(objects.map(keptRow)), query.value, 'object', parts.clock)
  const mentioned = query.value.refs ? references(parts, call.caller, found.mentioned) : undefined
  return await Promise.resolve(okText(found.bodyText, mentioned))
}

/** Several by their ids; those that `look` does not answer are left out. */
export async function readManyKept(
  call: Call,
  body: unknown,
  look: (id: string) => KeptObject | undefined
): Promise<Answer> {
  const ids = readIds(body)
  if (ids.kind === 'stop') return ids.answer
  const presentation = readPresentation(call)
  if (presentation.kind === 'stop') return presentation.answer
  const { only } = presentation.value
  const members = [...new Set(ids.value)].flatMap((id) => {
    const object = look(id)
    return object === undefined ? [] : [`${writeJson(id)}:${encodeRow(keptRow(object), 'plain', only)}`]
  })
  return await Promise.resolve(okText(`{${members.join(',')}}`))
}

/** Tokens and shares are managed with the master token only (platform protocol, "Tokens"). */
export const masterOnly = (call: Call): Step<undefined> =>
  call.caller.tokenId === undefined
    ? go(undefined)
    : stop(refused(403, 'this needs the master token of the account'))

const keptRow = (object: KeptObject): Row => ({
  id: object.id,
  text: writeJson(object),
  isPlain: true,
  value: object
})
