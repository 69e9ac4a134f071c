import type { EnvelopeHead } from '../shared/wire/envelope.ts'
import { writeJson } from '../shared/wire/json.ts'
import { joinJson, type JsonText } from './json-text.ts'

/**
 * What a service answers, the same for REST and WebSocket. The body is kept as JSON text, so that stored
 * objects are sent as they were stored, without being parsed and written again.
 */
export interface Answer {
  readonly status: number
  /** JSON; `{}` for deletes, subscriptions and every error (platform protocol, "Response envelope"). */
  readonly bodyText: JsonText
  readonly messages?: readonly string[]
  /** Not empty when `status` is 400 or more. */
  readonly errors?: readonly string[]
  readonly references?: Readonly<Record<string, unknown>>
}

/** Answers 200 with a body that is JSON text already. */
export const okText = (bodyText: JsonText, references?: Readonly<Record<string, unknown>>): Answer => ({
  status: 200,
  bodyText,
  ...(references === undefined ? {} : { references })
})

/** Answers 200 with a value. */
export const ok = (body: unknown): Answer => okText(writeJson(body))

/** The answer to deletes and subscriptions. */
export const done: Answer = { status: 200, bodyText: '{}' }

/** Answers 201 with a body that is JSON text already. */
export const createdText = (bodyText: string): Answer => ({ status: 201, bodyText, messages: ['created'] })

/** Answers an error with at least one sentence. */
export const refused = (status: number, ...errors: readonly [string, ...string[]]): Answer => ({
  status,
  bodyText: '{}',
  errors
})

/** A refusal for what a caller sent. */
export const badRequest = (error: string): Answer => refused(400, error)

/** An answer, or the value that goes on: how the steps of a request are joined. */
export type Step<T> =
  { readonly kind: 'go'; readonly value: T } | { readonly kind: 'stop'; readonly answer: Answer }

export const go = <T>(value: T): Step<T> => ({ kind: 'go', value })

export const stop = (answer: Answer): Step<never> => ({ kind: 'stop', answer })

/**
 * The whole envelope as JSON text. `msgId` is given for WebSocket replies only, where the member must exist
 * (null when the command had none).
 */
export function envelopeText(answer: Answer, msgId?: { readonly value: unknown }): JsonText {
  return joinJson(envelopeParts(answer, msgId))
}

/** The envelope in three pieces, so that a large body is not copied. */
export function envelopeParts(
  answer: Answer,
  msgId?: { readonly value: unknown }
): readonly [before: string, body: JsonText, after: string] {
  const { status, messages = [], errors = [], references = {} } = answer
  const head: EnvelopeHead = { ok: status < 400, status, messages, errors, references }
  const rest = writeJson(msgId === undefined ? head : { msgId: msgId.value, ...head })
  return [`{"head":${rest},"body":`, answer.bodyText, '}']
}
