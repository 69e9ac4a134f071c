import { failure } from '../../shared/failure.ts'
import { CREDIT_CHUNKS } from '../../shared/ipc/read-port.ts'
import type { ReadControl, ReadMessage } from '../../shared/ipc/read-port.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { isEnvelope } from '../../shared/wire/envelope.ts'
import { parseJson } from '../../shared/wire/json.ts'

export interface ReadAnswer {
  /**
   * The objects in the body of the platform's answer. A body by ids (of several drops, or with a list for each of several
   * flows) gives its values, in its order.
   */
  readonly values: readonly unknown[]
  /** `head.references` of the answer: what the ids in it are called; empty when they were not asked for. */
  readonly references: Readonly<Record<string, unknown>>
  readonly sizeBytes: number
  readonly durationMs: number
}

/** What of a `MessagePort` a read needs. */
export interface ReadPort {
  onmessage: ((event: MessageEvent<ReadMessage>) => void) | null
  postMessage(message: ReadControl): void
  close(): void
}

/** Takes a whole answer from its port, a few chunks granted ahead, and parses it. Closes the port in the end. */
export function receiveAnswer(port: ReadPort): Promise<Result<ReadAnswer>> {
  return new Promise((resolve) => {
    const chunks: string[] = []
    const settle = (result: Result<ReadAnswer>): void => {
      port.onmessage = null
      port.close()
      resolve(result)
    }
    port.onmessage = ({ data }) => {
      switch (data.kind) {
        case 'chunk':
          chunks.push(data.text)
          port.postMessage({ kind: 'credit', totalChunks: chunks.length + CREDIT_CHUNKS })
          break
        case 'end':
          settle(parseAnswer(chunks.join(''), data.sizeBytes, data.durationMs))
          break
        case 'failure':
          settle(failed(data.failure))
          break
      }
    }
    port.postMessage({ kind: 'credit', totalChunks: CREDIT_CHUNKS })
  })
}

function parseAnswer(text: string, sizeBytes: number, durationMs: number): Result<ReadAnswer> {
  try {
    const value = parseJson(text)
    const body = isEnvelope(value) ? value.body : value
    const values = valuesOf(body)
    const references = isEnvelope(value) ? value.head.references : undefined
    if (values !== undefined) return success({ values, references: references ?? {}, sizeBytes, durationMs })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return failed(failure('response/malformed'))
}

function valuesOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body
  if (typeof body !== 'object' || body === null) return undefined
  const values = Object.values(body) as unknown[]
  return values.every((value) => typeof value === 'object' && value !== null) ? values.flat() : undefined
}
