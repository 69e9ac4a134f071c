import type { z } from 'zod'
import { contract } from '../../shared/ipc/contract.ts'
import type { RequestOutput } from '../../shared/ipc/contract.ts'
import type { RequestName } from '../../shared/ipc/channels.ts'
import { failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Log } from '../log.ts'
import { maskSecretMembers, scrubTexts } from '../secrets.ts'

/** One function for each request of the contract; its input was parsed by the request's schema. */
export type Handlers = {
  readonly [Name in RequestName]: (
    input: z.output<(typeof contract)[Name]['input']>
  ) => Result<RequestOutput<Name>> | Promise<Result<RequestOutput<Name>>>
}

/** The part of a group of requests that one file handles. */
export type HandlersOf<Name extends RequestName> = Pick<Handlers, Name>

/**
 * Answers whose texts a person edits and saves back: a mask in them would be stored in place of what was there. They hold what
 * somebody put into a drop, nothing that a server repeats.
 */
const SAVED_BACK: ReadonlySet<RequestName> = new Set([
  'readDrop',
  'createDrop',
  'updateDrop',
  'updateDropElement',
  'listDrafts',
  'readDraft',
  'readWorkspace'
])

/**
 * Answers one request of the window. Never throws: a sender that is not our window, an input that does not fit its schema
 * and a fault of ours are all failures. Secret members of the answer are masked, and so are known tokens in
 * any text of it.
 *
 * `isOurs`: whether the request came from the main frame of our window, showing our own page.
 */
export async function answerRequest(
  name: RequestName,
  input: unknown,
  isOurs: boolean,
  handlers: Handlers,
  log: Log
): Promise<Result<unknown>> {
  if (!isOurs) {
    log.error('ipc', 'request from elsewhere refused', { name })
    return failed(
      failure('input/invalid', {
        message: 'Only the window of Flowscope may ask.',
        hint: null,
        details: { name }
      })
    )
  }
  const parsed = contract[name].input.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.length === 0 ? 'input' : issue.path.join('.')}: ${issue.message}`
    )
    log.error('ipc', 'input does not fit', { name, problems })
    return failed(failure('input/invalid', { details: { name, errors: problems } }))
  }
  try {
    const handler = handlers[name] as (input: unknown) => Result<unknown> | Promise<Result<unknown>>
    const result = await handler(parsed.data)
    if (!result.ok) log.info('ipc', 'answered with a failure', { name, failure: result.failure })
    const masked = maskSecretMembers(result)
    // A server may repeat what it was sent, in its errors and elsewhere.
    return masked.ok && SAVED_BACK.has(name) ? masked : scrubTexts(masked, (text) => log.scrub(text))
  } catch (error) {
    log.error('ipc', 'handler failed', { name, error })
    return failed(
      failure('input/invalid', {
        message: 'Flowscope could not handle the request.',
        hint: 'This is a fault of Flowscope: the log holds the details.',
        details: { name }
      })
    )
  }
}
