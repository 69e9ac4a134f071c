/**
 * What the app and its keychain process say to each other. Secrets travel here and not on a command line or in an
 * environment, which others can read.
 */
export type KeychainQuestion =
  | {
      readonly id: number
      readonly verb: 'get' | 'delete'
      readonly service: string
      readonly account: string
    }
  | {
      readonly id: number
      readonly verb: 'set'
      readonly service: string
      readonly account: string
      readonly secret: string
    }

export type KeychainReply =
  /** `secret` answers `get`; null when there is none. */
  | { readonly id: number; readonly isDone: true; readonly secret: string | null }
  /** `reason`: the words of the keychain's own library; they hold no secret. */
  | { readonly id: number; readonly isDone: false; readonly reason: string }
