import type { PortHandover } from '../shared/ipc/channels.ts'
import type { EventPayloads } from '../shared/ipc/contract.ts'
import { systemClock } from '../shared/clock.ts'
import { createConnections } from './connections/connections.ts'
import { createLocalConnection } from './connections/local-connection.ts'
import type { LocalPlatform } from './connections/local-platform.ts'
import { answerRequest } from './ipc/answer-request.ts'
import type { Handlers } from './ipc/answer-request.ts'
import { appHandlers } from './ipc/app-handlers.ts'
import type { AppHandlerParts } from './ipc/app-handlers.ts'
import { connectionHandlers } from './ipc/connection-handlers.ts'
import { dropHandlers } from './ipc/drop-handlers.ts'
import { filterHandlers } from './ipc/filter-handlers.ts'
import { flowHandlers } from './ipc/flow-handlers.ts'
import type { Answer } from './ipc/handle.ts'
import { createLivePortHolder, liveHandlers } from './ipc/live-handlers.ts'
import { settingsHandlers } from './ipc/settings-handlers.ts'
import type { SettingsHandlerParts } from './ipc/settings-handlers.ts'
import type { PortEnd } from './live/port-end.ts'
import type { Log } from './log.ts'

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

export interface AnswerParts extends AppHandlerParts, SettingsHandlerParts {
  readonly localPlatform: LocalPlatform
  readonly openPort: (handover: PortHandover) => PortEnd | undefined
  readonly sendEvent: <Name extends keyof EventPayloads>(name: Name, payload: EventPayloads[Name]) => void
  readonly log: Log
}

export function createAnswers(parts: AnswerParts): Answers {
  const { localPlatform, log, sendEvent } = parts
  const livePort = createLivePortHolder()
  const local = createLocalConnection({
    platform: localPlatform,
    sink: livePort.sink,
    clock: systemClock,
    log,
    onChanged: (connection) => {
      sendEvent('connectionChanged', connection)
    }
  })
  const connections = createConnections([local])
  const handlers: Handlers = {
    ...appHandlers(parts),
    ...settingsHandlers(parts),
    ...filterHandlers(parts),
    ...connectionHandlers({ connections, localPlatform }),
    ...flowHandlers(connections),
    ...dropHandlers(connections),
    ...liveHandlers({ connections, livePort, openPort: parts.openPort })
  }
  return {
    answer: (name, input, isOurs) => answerRequest(name, input, isOurs, handlers, log),
    forgetWindow: () => {
      livePort.close()
      connections.forEachOpen(({ subscriptions }) => {
        subscriptions.unsubscribeAll()
      })
    },
    close: async () => {
      livePort.close()
      await connections.closeAll()
    }
  }
}
