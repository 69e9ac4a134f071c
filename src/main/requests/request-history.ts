import type { RequestsFile } from '../../shared/ipc/request-requests.ts'
import {
  MAX_HISTORY_BODY_CHARACTERS,
  MAX_HISTORY_CHARACTERS,
  MAX_REQUEST_HISTORY
} from '../../shared/model/platform-request.ts'
import type { PlatformRequest, SentRequest } from '../../shared/model/platform-request.ts'
import { MASK, maskKeptText } from '../../shared/secret-text.ts'
import { isSecretName } from '../secrets.ts'
import type { Store } from '../settings.ts'

/** What was sent by hand, per connection, the last one first; no secret is kept. */
export interface RequestHistory {
  list(connectionId: string): readonly SentRequest[]
  /** Puts a request before all others; the same one sent before makes room for it. */
  remember(connectionId: string, sent: Omit<SentRequest, 'isBodyLeftOut'>): void
  clear(connectionId: string): void
}

export function createRequestHistory(store: Store<RequestsFile>): RequestHistory {
  const list = (connectionId: string): readonly SentRequest[] =>
    store.read()?.connections.find((kept) => kept.connectionId === connectionId)?.sent ?? []
  const write = (connectionId: string, sent: readonly SentRequest[]): void => {
    const others = (store.read()?.connections ?? []).filter((kept) => kept.connectionId !== connectionId)
    // As the file's schema has it: lists that may be written to.
    const kept = sent.map(({ request, ...rest }) => ({
      ...rest,
      request: { ...request, parameters: [...request.parameters] }
    }))
    store.write({ connections: [...others, ...(kept.length === 0 ? [] : [{ connectionId, sent: kept }])] })
  }
  return {
    list,
    remember: (connectionId, sent) => {
      const kept = withoutSecrets(sent)
      const before = list(connectionId).filter(({ request }) => !isSame(request, kept.request))
      write(connectionId, bounded([kept, ...before]))
    },
    clear: (connectionId) => {
      write(connectionId, [])
    }
  }
}

function withoutSecrets(sent: Omit<SentRequest, 'isBodyLeftOut'>): SentRequest {
  const { body, parameters } = sent.request
  const isBodyLeftOut = body.length > MAX_HISTORY_BODY_CHARACTERS
  const request = {
    ...sent.request,
    body: isBodyLeftOut ? '' : maskKeptText(body),
    parameters: parameters.map(({ name, value }) => ({ name, value: isSecretName(name) ? MASK : value }))
  }
  return { ...sent, request, isBodyLeftOut }
}

const isSame = (left: PlatformRequest, right: PlatformRequest): boolean =>
  JSON.stringify(left) === JSON.stringify(right)

function bounded(sent: readonly SentRequest[]): readonly SentRequest[] {
  let characters = 0
  return sent.slice(0, MAX_REQUEST_HISTORY).filter(({ request }, index) => {
    characters += JSON.stringify(request).length
    return index === 0 || characters <= MAX_HISTORY_CHARACTERS
  })
}
