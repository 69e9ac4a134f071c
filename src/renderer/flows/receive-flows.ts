import { failure } from '../../shared/failure.ts'
import { CREDIT_CHUNKS } from '../../shared/ipc/read-port.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { ReadPort } from '../console/read-answer.ts'
import { BodyElements } from './body-elements.ts'
import type { FlowSummary } from './tree-node.ts'

/** Takes the answer of a find over flows from its port, piece by piece. Answers how many flows it held. */
export function receiveFlows(
  port: ReadPort,
  onFlows: (flows: readonly FlowSummary[]) => void
): Promise<Result<number>> {
  return new Promise((resolve) => {
    const elements = new BodyElements()
    let chunks = 0
    let flows = 0
    const settle = (result: Result<number>): void => {
      port.onmessage = null
      port.close()
      resolve(result)
    }
    const malformed = (): void => {
      settle(failed(failure('response/malformed')))
    }
    port.onmessage = ({ data }) => {
      switch (data.kind) {
        case 'chunk': {
          const complete = elements.push(data.text)
          if (complete === undefined) {
            port.postMessage({ kind: 'cancel' })
            malformed()
            return
          }
          chunks += 1
          port.postMessage({ kind: 'credit', totalChunks: chunks + CREDIT_CHUNKS })
          flows += complete.length
          onFlows(complete.filter(isFlow).map(summaryOf))
          break
        }
        case 'end':
          if (elements.isComplete) settle(success(flows))
          else malformed()
          break
        case 'failure':
          settle(failed(data.failure))
          break
      }
    }
    port.postMessage({ kind: 'credit', totalChunks: CREDIT_CHUNKS })
  })
}

const isFlow = (value: unknown): value is FlowSummary => {
  if (typeof value !== 'object' || value === null) return false
  const { id, path } = value as { id?: unknown; path?: unknown }
  return typeof id === 'string' && typeof path === 'string' && path.startsWith('/')
}

/** What the tree keeps of a flow. */
export const summaryOf = ({ id, path, capacity, description }: FlowSummary): FlowSummary => ({
  id,
  path,
  capacity: typeof capacity === 'number' ? capacity : 0,
  ...(typeof description === 'string' && description !== '' ? { description } : {})
})
