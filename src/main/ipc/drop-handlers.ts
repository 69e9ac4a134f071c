import type { DropText } from '../../shared/ipc/contract.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Connections } from '../connections/connections.ts'
import type { HandlersOf } from './answer-request.ts'

/**
 * Drops are asked for with the types of their elements: a plain answer shows a date as a number, and saving that number
 * back would make it one (platform protocol, "Element types").
 */
const TYPED = { parameters: { hints: true } } as const

/** Drops cross as JSON text, word for word: their 64-bit integers would lose digits as numbers. */
export const dropHandlers = (
  connections: Connections
): HandlersOf<'readDrop' | 'createDrop' | 'updateDrop' | 'deleteDrop'> => ({
  readDrop: ({ connectionId, flowId, dropId }) =>
    connections.use(connectionId, async ({ api }) =>
      asDropText(await api.drop(flowId).asText.read(dropId, TYPED))
    ),
  createDrop: ({ connectionId, flowId, text }) =>
    withJsonObject(text, () =>
      connections.use(connectionId, async ({ api }) =>
        asDropText(await api.drop(flowId).asText.create(text, TYPED))
      )
    ),
  updateDrop: ({ connectionId, flowId, dropId, text }) =>
    withJsonObject(text, () =>
      connections.use(connectionId, async ({ api }) =>
        asDropText(await api.drop(flowId).asText.update(dropId, text, TYPED))
      )
    ),
  deleteDrop: ({ connectionId, flowId, dropId }) =>
    connections.use(connectionId, ({ api }) => api.drop(flowId).delete(dropId))
})

const asDropText = (result: Result<string>): Result<DropText> =>
  result.ok ? success({ text: result.value }) : result

/** What is not JSON is told here: the platform could only say where its own parser stopped. */
async function withJsonObject<T>(text: string, ask: () => Promise<Result<T>>): Promise<Result<T>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failed(
      failure('input/invalid', {
        message: `The drop is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Mend the text and save again.'
      })
    )
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? ask()
    : failed(
        failure('input/invalid', {
          message: 'A drop is a JSON object.',
          hint: 'Put the text between { and }.'
        })
      )
}
