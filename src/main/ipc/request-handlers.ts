import type { EventPayloads } from '../../shared/ipc/contract.ts'
import type { RequestsFile, ServiceId } from '../../shared/ipc/request-requests.ts'
import { MAX_SHOWN_ANSWER_BYTES } from '../../shared/model/platform-request.ts'
import type { BatchOutcome, PlatformRequest } from '../../shared/model/platform-request.ts'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { maskAnswerText } from '../../shared/secret-text.ts'
import type { Connections } from '../connections/connections.ts'
import { createKeptAnswers, firstBytes } from '../requests/kept-answers.ts'
import { createRequestHistory } from '../requests/request-history.ts'
import { runBatch } from '../requests/run-batch.ts'
import { sendPlatformRequest } from '../requests/send-request.ts'
import type { WholeAnswer } from '../requests/send-request.ts'
import { scrubTexts } from '../secrets.ts'
import type { Store } from '../settings.ts'
import type { HandlersOf } from './answer-request.ts'

export interface RequestHandlerParts {
  readonly connections: Connections
  readonly stores: { readonly requests: Store<RequestsFile> }
  readonly desktop: {
    writeClipboard(text: string): void
    /** Asks for a place and writes the text there; undefined when the person chose none. */
    saveFile(suggestedName: string, content: string | Uint8Array): Promise<Result<string> | undefined>
  }
  readonly onBatchProgressed: (progress: EventPayloads['batchProgressed']) => void
  /** Takes known tokens out of a text: a server may repeat what it was sent, and a person paste one anywhere. */
  readonly scrub?: (text: string) => string
  readonly now?: () => number
}

type RequestHandlers = HandlersOf<
  | 'sendRequest'
  | 'cancelRequest'
  | 'readAnswer'
  | 'saveAnswer'
  | 'copyAnswer'
  | 'runBatch'
  | 'cancelBatch'
  | 'sendFrame'
  | 'listRequestHistory'
  | 'clearRequestHistory'
  | 'listServiceIds'
>

/** Enough for a list of completions; a person types on when there are more. */
const MAX_SERVICE_IDS = 200

/** What the request console asks for: requests by hand, with what came back kept for a while and what was sent for longer. */
export const requestHandlers = ({
  connections,
  stores,
  desktop,
  onBatchProgressed,
  scrub = (text) => text,
  now = Date.now
}: RequestHandlerParts): RequestHandlers => {
  const answers = createKeptAnswers()
  const history = createRequestHistory(stores.requests)
  /** What is under way, by its own id or its batch's. */
  const running = new Map<string, AbortController>()

  async function send(
    requestId: string,
    connectionId: string,
    request: PlatformRequest,
    signal: AbortSignal
  ): Promise<Result<WholeAnswer>> {
    const answer = await connections.use(connectionId, ({ api }) => sendPlatformRequest(api, request, signal))
    if (!answer.ok) return answer
    const scrubbed = scrubTexts(answer.value, scrub)
    answers.keep(requestId, scrubbed)
    return success(scrubbed)
  }

  async function whileRunning<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    running.get(id)?.abort()
    running.set(id, controller)
    try {
      return await work(controller.signal)
    } finally {
      if (running.get(id) === controller) running.delete(id)
    }
  }

  const shown = (requestId: string) => {
    const answer = answers.shown(requestId)
    return answer === undefined ? failed(GONE) : success(answer)
  }

  return {
    sendRequest: ({ requestId, connectionId, request }) =>
      whileRunning(requestId, async (signal) => {
        const sentAtMs = now()
        const answer = await send(requestId, connectionId, request, signal)
        history.remember(connectionId, {
          request: scrubTexts(request, scrub),
          sentAtMs,
          durationMs: answer.ok ? answer.value.durationMs : now() - sentAtMs,
          ...(answer.ok ? { status: answer.value.status } : { failureCode: answer.failure.code })
        })
        return answer.ok ? shown(requestId) : answer
      }),
    cancelRequest: ({ requestId }) => {
      running.get(requestId)?.abort()
      return success(null)
    },
    readAnswer: ({ requestId }) => shown(requestId),
    saveAnswer: async ({ requestId }) => {
      const answer = wholeOf(answers.whole(requestId))
      if (!answer.ok) return answer
      const saved = await desktop.saveFile('answer.json', answer.value)
      if (saved === undefined) return success(null)
      return saved.ok ? success({ filePath: saved.value }) : saved
    },
    copyAnswer: ({ requestId }) => {
      const answer = wholeOf(answers.whole(requestId))
      if (!answer.ok) return answer
      desktop.writeClipboard(answer.value)
      return success(null)
    },

    runBatch: ({ batchId, connectionId, requests, concurrency, stopsAtFailure }) =>
      whileRunning(batchId, async (signal) => {
        const one = async (request: PlatformRequest, place: number, each: AbortSignal) => {
          const startedMs = performance.now()
          const answer = await send(`${batchId}/${String(place)}`, connectionId, request, each)
          return outcomeOf(answer, performance.now() - startedMs)
        }
        const outcomes = await runBatch(requests, one, {
          concurrency,
          stopsAtFailure,
          signal,
          onOutcome: (place, outcome) => {
            onBatchProgressed({ batchId, place, outcome })
          }
        })
        return success({ outcomes })
      }),
    cancelBatch: ({ batchId }) => {
      running.get(batchId)?.abort()
      return success(null)
    },

    sendFrame: ({ connectionId, text }) =>
      connections.use(connectionId, async ({ sendFrame }) => {
        const reply = await sendFrame(text)
        if (!reply.ok) return reply
        const masked = scrub(maskAnswerText(reply.value.text))
        const beginning = firstBytes(masked, MAX_SHOWN_ANSWER_BYTES)
        return success({
          text: beginning,
          sizeBytes: Buffer.byteLength(masked),
          isCut: beginning.length < masked.length,
          durationMs: reply.value.durationMs
        })
      }),

    listRequestHistory: ({ connectionId }) => success(history.list(connectionId)),
    clearRequestHistory: ({ connectionId }) => {
      history.clear(connectionId)
      return success(null)
    },
    listServiceIds: ({ connectionId, service }) =>
      connections.use(connectionId, async ({ api }) => {
        const found = await api.request('GET', `/${service}`, undefined, { limit: MAX_SERVICE_IDS })
        return found.ok ? success(idsOf(found.value)) : found
      })
  }
}

const GONE = failure('input/invalid', {
  message: 'This answer is no longer kept: newer ones took its place.',
  hint: 'Send the request again.'
})

/** The whole body; a failure when it is not there, or is more than main holds. */
function wholeOf(answer: WholeAnswer | undefined): Result<string> {
  if (answer === undefined) return failed(GONE)
  return answer.isTooLarge
    ? failed(
        failure('input/invalid', {
          message: 'This answer is larger than Flowscope keeps: only its beginning is there.',
          hint: 'Ask for less at once with "limit" and "start", or run the request with curl.'
        })
      )
    : success(answer.text)
}

/** A failure of a batch travels together with hundreds of others: its details stay here. */
const withoutDetails = ({ details: _details, ...rest }: Failure): Failure => ({
  ...rest,
  message: rest.message.slice(0, 300)
})

function outcomeOf(answer: Result<WholeAnswer>, durationMs: number): BatchOutcome {
  if (!answer.ok) return { kind: 'failed', failure: withoutDetails(answer.failure), durationMs }
  const { status, sizeBytes, failure: told } = answer.value
  return told === undefined
    ? { kind: 'answered', status, sizeBytes, durationMs }
    : { kind: 'failed', failure: withoutDetails(told), status, durationMs }
}

/** Ids of found objects, each with the first of its members that a person would know it by. */
function idsOf(found: unknown): readonly ServiceId[] {
  if (!Array.isArray(found)) return []
  return found.flatMap((object: unknown) => {
    const { id, ...members } = (object ?? {}) as Record<string, unknown>
    if (typeof id !== 'string') return []
    const label = ['path', 'displayName', 'name', 'description'].map((name) => members[name])
    return [
      { id, label: String(label.find((text) => typeof text === 'string' && text !== '') ?? '').slice(0, 128) }
    ]
  })
}
