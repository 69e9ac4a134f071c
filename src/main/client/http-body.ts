import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Dispatcher } from 'undici'
import { failed, success } from '../../shared/result.ts'
import { failureOfError } from './http-failure.ts'
import type { HttpRequest, HttpStream } from './http.ts'

/** Below this a packed body saves no packet. */
const SMALLEST_PACKED_BYTES = 2048
/** The code of the error for an answer that is too large to be held; `network-cause.ts` has its words. */
const TOO_LARGE = 'FLOWSCOPE_ANSWER_TOO_LARGE'

const gzipBytes = promisify(gzip)

/** A request's body as it goes out: packed when that saves something (platform protocol, "Authentication headers"). */
export async function packBody(
  text: string,
  isPacking: boolean
): Promise<{ readonly body: string | Buffer; readonly headers: Readonly<Record<string, string>> }> {
  return isPacking && text.length >= SMALLEST_PACKED_BYTES
    ? { body: await gzipBytes(text), headers: { 'Content-Encoding': 'gzip' } }
    : { body: text, headers: {} }
}

/**
 * The whole text of an answer of at most `maxBytes` once unpacked.
 *
 * @throws when it ends early, cannot be unpacked or is larger.
 */
export async function wholeText(response: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  for await (const piece of plainBody(response) as AsyncIterable<Buffer>) {
    pieces.push(piece)
    sizeBytes += piece.byteLength
    // Leaving the loop ends the socket.
    if (sizeBytes > maxBytes) throw Object.assign(new Error('The answer is too large.'), { code: TOO_LARGE })
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** The text of an answer in pieces; `controller` ends its request. */
export function openStream(
  response: Dispatcher.ResponseData,
  request: HttpRequest,
  controller: AbortController
): HttpStream {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const body = plainBody(response)
  const pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  let sizeBytes = 0
  let isAtEnd = false
  return {
    next: async () => {
      try {
        while (!isAtEnd) {
          const piece = await pieces.next()
          if (piece.done === true) {
            isAtEnd = true
            const rest = decoder.decode()
            return success(rest === '' ? undefined : rest)
          }
          sizeBytes += piece.value.byteLength
          const text = decoder.decode(piece.value, { stream: true })
          if (text !== '') return success(text)
        }
        return success(undefined)
      } catch (error) {
        isAtEnd = true
        const isCancelled = request.signal?.aborted === true
        controller.abort()
        return failed(failureOfError(asMalformed(error), request, isCancelled))
      }
    },
    sizeBytes: () => sizeBytes,
    cancel: () => {
      isAtEnd = true
      controller.abort()
      // What was under way ends with an error that nobody waits for.
      body.on('error', () => {})
      body.destroy()
    }
  }
}

/** The body as the platform meant it, whatever the way packed it in (RFC 9110, "Content-Encoding"). */
function plainBody({ headers, body }: Dispatcher.ResponseData): Readable {
  const unpack = unpackers[String(headers['content-encoding'] ?? '').toLowerCase()]
  if (unpack === undefined) return body
  const plain = unpack()
  body.on('error', (error) => plain.destroy(error))
  plain.on('close', () => body.destroy())
  return body.pipe(plain)
}

const unpackers: Readonly<Record<string, (() => ReturnType<typeof createGunzip>) | undefined>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress
}

/** A text that is no UTF-8 is not an answer of a platform. */
const asMalformed = (error: unknown): unknown =>
  error instanceof TypeError && (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
    ? Object.assign(new Error('The answer is not UTF-8.'), { code: 'HPE_INVALID_ENCODING' })
    : error
