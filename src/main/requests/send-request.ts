import type { PlatformRequest, RequestAnswer } from '../../shared/model/platform-request.ts'
import type { Failure } from '../../shared/failure.ts'
import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { MASK, maskAnswerText } from '../../shared/secret-text.ts'
import type { Api } from '../client/api.ts'
import { failureOfAnswer } from '../client/http-failure.ts'
import type { HttpStream } from '../client/http.ts'
import { isSecretName } from '../secrets.ts'

/** An answer as main keeps it: the whole body, secrets masked. */
export interface WholeAnswer extends Pick<
  RequestAnswer,
  'status' | 'headers' | 'sizeBytes' | 'headMs' | 'durationMs' | 'failure'
> {
  readonly text: string
  /** Whether the body was too large to be held: then `text` is its beginning. */
  readonly isTooLarge: boolean
}

/** More than a platform answers: 100,000 drops of a usual size take 40 MiB. */
export const MAX_KEPT_ANSWER_BYTES = 64 * 1_048_576
/** Servers send less; a hostile one shall not fill the message to the window. */
const MAX_HEADERS = 60
const MAX_HEADER_CHARACTERS = 200
/** Enough of a body to find the errors of its envelope in it. */
const MAX_ERROR_CHARACTERS = 1_048_576

/** Sends a request as a person wrote it and reads its whole answer. A status that is no success is told in words as well. */
export async function sendPlatformRequest(
  api: Api,
  { method, path, parameters, body }: PlatformRequest,
  signal: AbortSignal,
  nowMs: () => number = () => performance.now()
): Promise<Result<WholeAnswer>> {
  const startedMs = nowMs()
  const opened = await api.exchange(method, path, {
    parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    text: body === '' ? undefined : body,
    signal
  })
  if (!opened.ok) return opened
  const { status, headers, body: stream } = opened.value
  const headMs = nowMs() - startedMs
  const read = await readAll(stream)
  if (!read.ok) return read
  const { text, isTooLarge } = read.value
  const failure = failureOf(status, text, api, method, path)
  return success({
    status,
    headers: shownHeaders(headers),
    text: maskAnswerText(text),
    sizeBytes: stream.sizeBytes(),
    isTooLarge,
    headMs,
    durationMs: nowMs() - startedMs,
    ...(failure === undefined ? {} : { failure })
  })
}

async function readAll(stream: HttpStream): Promise<Result<{ text: string; isTooLarge: boolean }>> {
  const pieces: string[] = []
  let isTooLarge = false
  for (;;) {
    const piece = await stream.next()
    if (!piece.ok) return piece
    if (piece.value === undefined) break
    // What does not fit is still read: its size is told.
    isTooLarge ||= stream.sizeBytes() > MAX_KEPT_ANSWER_BYTES
    if (!isTooLarge) pieces.push(piece.value)
  }
  return success({ text: pieces.join(''), isTooLarge })
}

function failureOf(
  status: number,
  text: string,
  { account, server }: Api,
  method: string,
  path: string
): Failure | undefined {
  if (status >= 200 && status < 300) return undefined
  return failureOfAnswer(status, text.slice(0, MAX_ERROR_CHARACTERS), {
    origin: `${server.isSecure ? 'https' : 'http'}://${server.host}`,
    method,
    path,
    account
  })
}

const shownHeaders = (headers: readonly (readonly [string, string])[]): RequestAnswer['headers'] =>
  headers.slice(0, MAX_HEADERS).map(([name, value]) => ({
    name: name.slice(0, MAX_HEADER_CHARACTERS),
    value: isSecretName(name) ? MASK : value.slice(0, MAX_HEADER_CHARACTERS)
  }))
