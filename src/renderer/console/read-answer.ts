import { failure } from '../../shared/failure.ts'
import { CREDIT_CHUNKS } from '../../shared/ipc/read-port.ts'
import type { ReadControl, ReadMessage } from '../../shared/ipc/read-port.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { isEnvelope } from '../../shared/wire/envelope.ts'
import { parseJson } from '../../shared/wire/json.ts'

export interface ReadAnswer {
  /** The body of the platform's answer: an array of flows or of drops. */
  readonly values: readonly unknown[]
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
  const body = bodyOf(text)
  return body === undefined
    ? failed(failure('response/malformed'))
    : success({ values: body, sizeBytes, durationMs })
}

function bodyOf(text: string): readonly unknown[] | undefined {
  try {
    const value = parseJson(text)
    const body = isEnvelope(value) ? value.body : value
    return Array.isArray(body) ? body : undefined
  } catch {
    return undefined
  }
}
