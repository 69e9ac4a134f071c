import { writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { go, okText, refused, stop } from '../answer.ts'
import { answerQuery } from '../store/find.ts'
import type { Row } from '../store/query.ts'
import { arrayRows } from '../store/rows.ts'
import type { Members } from './body.ts'
import { readIds } from './body.ts'
import { readQuery } from './parameters.ts'
import type { Call, Parts } from './parts.ts'
import { presented } from './present.ts'
import { references } from './references.ts'

/**
 * How the services whose objects are few answer: tokens, shares, groups, identities. Their objects are looked
 * through in memory, for what a caller sees of each depends on who it is and on the time.
 */
export interface KeptObject extends Members {
  readonly id: string
}

/** One object as the parameters of the call ask for it. */
export const presentKept = (parts: Parts, call: Call, object: KeptObject, status = 200): Promise<Answer> =>
  presented(parts, call, ({ one, created }) =>
    status === 201 ? created(keptRow(object)) : one(keptRow(object))
  )

/** Several objects by their ids, in the same way. */
export const presentManyKept = (
  parts: Parts,
  call: Call,
  objects: readonly (readonly [id: string, object: KeptObject])[]
): Promise<Answer> =>
  presented(parts, call, ({ many }) => many(objects.map(([id, object]) => [id, keptRow(object)])))

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
  parts: Parts,
  call: Call,
  body: unknown,
  look: (id: string) => KeptObject | undefined
): Promise<Answer> {
  const ids = readIds(body)
  if (ids.kind === 'stop') return ids.answer
  const found = [...new Set(ids.value)].flatMap((id) => {
    const object = look(id)
    return object === undefined ? [] : [[id, object] as const]
  })
  return await presentManyKept(parts, call, found)
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
