import type { PortHandover } from '../shared/ipc/channels.ts'
import type { EventPayloads } from '../shared/ipc/contract.ts'
import { openConnections } from './connections/open-connections.ts'
import type { LocalPlatform } from './connections/local-platform.ts'
import { aggregationHandlers } from './ipc/aggregation-handlers.ts'
import type { AggregationHandlerParts } from './ipc/aggregation-handlers.ts'
import { answerRequest } from './ipc/answer-request.ts'
import type { Handlers } from './ipc/answer-request.ts'
import { appHandlers } from './ipc/app-handlers.ts'
import type { AppHandlerParts } from './ipc/app-handlers.ts'
import { connectionHandlers } from './ipc/connection-handlers.ts'
import type { ConnectionDesktop } from './ipc/connection-handlers.ts'
import { draftHandlers } from './ipc/draft-handlers.ts'
import type { DraftHandlerParts } from './ipc/draft-handlers.ts'
import { dropHandlers } from './ipc/drop-handlers.ts'
import { filterHandlers } from './ipc/filter-handlers.ts'
import { flowHandlers } from './ipc/flow-handlers.ts'
import type { Answer } from './ipc/handle.ts'
import { jobHandlers } from './ipc/job-handlers.ts'
import type { JobHandlerParts } from './ipc/job-handlers.ts'
import { createLivePortHolder, liveHandlers } from './ipc/live-handlers.ts'
import { requestHandlers } from './ipc/request-handlers.ts'
import type { RequestHandlerParts } from './ipc/request-handlers.ts'
import { settingsHandlers } from './ipc/settings-handlers.ts'
import type { SettingsHandlerParts } from './ipc/settings-handlers.ts'
import { statisticsHandlers } from './ipc/statistics-handlers.ts'
import { textFileHandlers } from './ipc/text-file-handlers.ts'
import { createPathFollower } from './live/path-follower.ts'
import type { PortEnd } from './live/port-end.ts'
import type { Log } from './log.ts'
import type { Notices } from './notices.ts'
import { scrubTexts } from './secrets.ts'
import type { Keychain } from './tokens/keychain.ts'

/**
 * Everything that answers the window: the client, the connections and the handlers. Apart from `index.ts`, so that it is
 * loaded while the platform's process and the window already start.
 */
export interface Answers {
  readonly answer: Answer
  /** The window shows another document: what the one before followed is let go. */
  forgetWindow(): void
  close(): Promise<void>
}

export interface AnswerParts
  extends AppHandlerParts, SettingsHandlerParts, Pick<RequestHandlerParts, 'stores' | 'desktop'> {
  readonly stores: SettingsHandlerParts['stores'] &
    RequestHandlerParts['stores'] &
    DraftHandlerParts['stores'] &
    AggregationHandlerParts['stores']
  readonly chooseSaveFile: JobHandlerParts['chooseSaveFile']
  readonly desktop: AppHandlerParts['desktop'] & RequestHandlerParts['desktop'] & ConnectionDesktop
  readonly localPlatform: LocalPlatform
  readonly keychain: Keychain
  readonly notices: Notices
  readonly openPort: (handover: PortHandover) => PortEnd | undefined
  readonly sendEvent: <Name extends keyof EventPayloads>(name: Name, payload: EventPayloads[Name]) => void
  readonly log: Log
}

export function createAnswers(parts: AnswerParts): Answers {
  const { log } = parts
  const scrub = (text: string): string => log.scrub(text)
  const sendEvent: AnswerParts['sendEvent'] = (name, payload) => {
    parts.sendEvent(name, scrubTexts(payload, scrub))
  }
  const livePort = createLivePortHolder()
  const opened = openConnections({
    ...parts,
    sendEvent,
    store: parts.stores.connections,
    sink: livePort.sink
  })
  const { connections } = opened
  const pathFollower = createPathFollower(connections)
  const handlers: Handlers = {
    ...appHandlers(parts),
    ...settingsHandlers(parts),
    ...filterHandlers(parts),
    ...connectionHandlers({ ...parts, ...opened }),
    ...flowHandlers(connections),
    ...dropHandlers(connections),
    ...draftHandlers(parts),
    ...textFileHandlers(parts),
    ...jobHandlers({
      connections,
      jobChanged: (job) => {
        sendEvent('jobChanged', job)
      },
      chooseSaveFile: parts.chooseSaveFile,
      writeClipboard: parts.desktop.writeClipboard
    }),
    ...requestHandlers({
      ...parts,
      scrub,
      connections,
      onBatchProgressed: (progress) => {
        sendEvent('batchProgressed', progress)
      }
    }),
    ...statisticsHandlers(connections),
    ...aggregationHandlers(parts),
    ...liveHandlers({ connections, livePort, pathFollower, openPort: parts.openPort })
  }
  return {
    answer: (name, input, isOurs) => answerRequest(name, input, isOurs, handlers, log),
    forgetWindow: () => {
      livePort.close()
      pathFollower.forgetAll()
      connections.forEachOpen(({ subscriptions }) => {
        subscriptions.unsubscribeAll()
      })
    },
    close: async () => {
      livePort.close()
      pathFollower.forgetAll()
      await opened.close()
    }
  }
}
