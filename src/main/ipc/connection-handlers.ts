import { failure } from '../../shared/failure.ts'
import { connectionRequests } from '../../shared/ipc/connection-requests.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { ReplayState } from '../../shared/ipc/settings.ts'
import type { Connections } from '../connections/connections.ts'
import type { HandlersOf } from './answer-request.ts'

/** What the window may ask of the local platform beyond its protocol. */
export interface LocalPlatformControl {
  /** Starts it again at once instead of after its back-off; nothing when it runs. */
  restart(): void
  readReplay(): Promise<Result<ReplayState>>
  changeReplay(change: Partial<ReplayState>): Promise<Result<ReplayState>>
}

export interface ConnectionHandlerParts {
  readonly connections: Connections
  readonly localPlatform: LocalPlatformControl
}

const REMOTE = Object.fromEntries(
  Object.keys(connectionRequests).map((name) => [
    name,
    () => failed(failure('input/invalid', { message: 'There is only the local platform.', hint: null }))
  ])
) as unknown as HandlersOf<keyof typeof connectionRequests>

export const connectionHandlers = ({
  connections,
  localPlatform
}: ConnectionHandlerParts): HandlersOf<
  keyof typeof connectionRequests | 'restartLocalPlatform' | 'readReplay' | 'changeReplay'
> => ({
  ...REMOTE,
  listConnections: () => success(connections.list()),
  restartLocalPlatform: () => {
    localPlatform.restart()
    return success(null)
  },
  readReplay: () => localPlatform.readReplay(),
  changeReplay: ({ isPaused, ratePerSecond }) =>
    localPlatform.changeReplay({
      ...(isPaused === undefined ? {} : { isPaused }),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond })
    })
})
