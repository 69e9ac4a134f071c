/** The envelope around every answer of the platform (platform protocol, "Response envelope"). */
export interface Envelope<Body = unknown> {
  readonly head: EnvelopeHead
  /** `{}` for deletes, subscriptions and every error; never null. */
  readonly body: Body
}

export interface EnvelopeHead {
  readonly ok: boolean
  /** Equals the HTTP status. */
  readonly status: number
  readonly messages: readonly string[]
  /** Never empty when `ok` is false. */
  readonly errors: readonly string[]
  readonly references: Readonly<Record<string, unknown>>
  /** Replies over WebSocket only: what the command sent, with its JSON type; null when it sent none. */
  readonly msgId?: unknown
}

export function successEnvelope<Body>(
  status: 200 | 201,
  body: Body,
  messages: readonly string[] = []
): Envelope<Body> {
  return { head: { ok: true, status, messages, errors: [], references: {} }, body }
}

export function errorEnvelope(status: number, errors: readonly string[]): Envelope<Record<string, never>> {
  return { head: { ok: false, status, messages: [], errors, references: {} }, body: {} }
}

/** Whether a parsed answer has the envelope's shape; the body is for the caller to check. */
export function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false
  const { head, body } = value as { head?: unknown; body?: unknown }
  if (typeof head !== 'object' || head === null || body === undefined) return false
  const { ok, status, errors } = head as { ok?: unknown; status?: unknown; errors?: unknown }
  return typeof ok === 'boolean' && typeof status === 'number' && Array.isArray(errors)
}
