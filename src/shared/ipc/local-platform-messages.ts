import type { Failure } from '../failure.ts'
import type { ReplayState } from './settings.ts'

/**
 * What the app and the process of its local platform say to each other: by the parent port of a utility
 * process, or by the channel of a forked one. Tokens travel here and nowhere else: a command line can be read
 * by others.
 */
export type LocalPlatformCommand =
  | {
      /** The first message. Answered by `ready` or `failed`. */
      readonly kind: 'start'
      readonly account: string
      /** The account's master token for this run. */
      readonly token: string
      readonly dataDirectory: string
      /** 2 a second, running, unless said otherwise. */
      readonly replay?: ReplayState
    }
  /** Answered by `replay`. */
  | { readonly kind: 'change-replay'; readonly change: Partial<ReplayState> }
  /** Everything becomes durable, then the process ends with code 0. */
  | { readonly kind: 'stop' }

export type LocalPlatformAnswer =
  | {
      readonly kind: 'ready'
      /** `http://127.0.0.1:PORT` */
      readonly url: string
      readonly wsUrl: string
      readonly replay: ReplayState
    }
  /** What a person should be told: a damaged database was moved aside. Comes before `ready`. */
  | { readonly kind: 'notice'; readonly message: string; readonly hint?: string }
  | { readonly kind: 'replay'; readonly replay: ReplayState }
  /** It cannot start; the process ends with code 1. `reason` is the failure's message and hint. */
  | { readonly kind: 'failed'; readonly reason: string; readonly failure: Failure }
