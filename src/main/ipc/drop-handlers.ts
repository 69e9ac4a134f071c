import type { DropText } from '../../shared/ipc/contract.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { canonicalElements } from '../../shared/model/element-encoding.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import type { Connections } from '../connections/connections.ts'
import type { HandlersOf } from './answer-request.ts'

/**
 * Drops are asked for with the types of their elements: a plain answer shows a date as a number, and saving that number
 * back would make it one (platform protocol, "Element types").
 */
const TYPED = { hints: true } as const

/** Drops cross as JSON text, word for word: their 64-bit integers would lose digits as numbers. */
export const dropHandlers = (
  connections: Connections
): HandlersOf<'readDrop' | 'createDrop' | 'updateDrop' | 'updateDropElement' | 'deleteDrop'> => ({
  readDrop: ({ connectionId, flowId, dropId }) =>
    connections.use(connectionId, async ({ api }) =>
      asDropText(await api.drop(flowId).asText.read(dropId, TYPED))
    ),
  createDrop: ({ connectionId, flowId, text }) =>
    withJsonObject(text, () =>
      connections.use(connectionId, async ({ api }) => {
        const created = await api.drop(flowId).asText.create(text, TYPED)
        return created.ok ? storedOrKnown(text, created.value) : created
      })
    ),
  updateDrop: ({ connectionId, flowId, dropId, text }) =>
    withJsonObject(text, () =>
      connections.use(connectionId, async ({ api }) =>
        asDropText(await api.drop(flowId).asText.update(dropId, text, TYPED))
      )
    ),
  updateDropElement: ({ connectionId, flowId, dropId, element, text }) =>
    withJson(text, () =>
      connections.use(connectionId, async ({ api }) => {
        const drops = api.drop(flowId).asText
        const updated = await drops.updateMember(dropId, `elems.${element}`, text)
        // The answer is the member alone; who edits wants the drop.
        return updated.ok ? asDropText(await drops.read(dropId, TYPED)) : updated
      })
    ),
  deleteDrop: ({ connectionId, flowId, dropId }) =>
    connections.use(connectionId, ({ api }) => api.drop(flowId).delete(dropId))
})

const asDropText = (result: Result<string>): Result<DropText> =>
  result.ok ? success({ text: result.value }) : result

/**
 * A flow takes each fhash once: a repeat is answered with the drop that has it, and nothing is stored (platform protocol,
 * "fhash"). A person who made a drop must hear that it was not made.
 */
function storedOrKnown(sentText: string, answeredText: string): Result<DropText> {
  const sent = parseJson(sentText) as { readonly fhash?: unknown; readonly elems?: unknown }
  const answered = parseJson(answeredText) as { readonly id?: unknown; readonly elems?: unknown }
  if (sent.fhash === undefined || isSameElements(sent.elems, answered.elems)) {
    return success({ text: answeredText })
  }
  return failed(
    failure('input/invalid', {
      message: `The drop was not stored: the flow holds a drop with the fhash ${writeJson(sent.fhash)} already.`,
      hint: `Give it another fhash, or edit that drop: ${String(answered.id)}.`,
      details: { dropId: answered.id }
    })
  )
}

function isSameElements(left: unknown, right: unknown): boolean {
  const [sent, answered] = [canonicalElements(left), canonicalElements(right)]
  return (
    sent.kind === 'canonical' &&
    answered.kind === 'canonical' &&
    writeJson(sent.elems) === writeJson(answered.elems)
  )
}

/** What is not JSON is told here: the platform could only say where its own parser stopped. */
async function withJson<T>(text: string, ask: (value: unknown) => Promise<Result<T>>): Promise<Result<T>> {
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
  return ask(value)
}

const withJsonObject = <T>(text: string, ask: () => Promise<Result<T>>): Promise<Result<T>> =>
  withJson(text, (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? ask()
      : Promise.resolve(
          failed(
            failure('input/invalid', {
              message: 'A drop is a JSON object.',
              hint: 'Put the text between { and }.'
            })
          )
        )
  )
