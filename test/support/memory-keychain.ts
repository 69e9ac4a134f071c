import type { Keychain } from '../../src/main/tokens/keychain.ts'

/** A keychain that works, for tests that are about something else. */
export interface MemoryKeychain extends Keychain {
  readonly secrets: ReadonlyMap<string, string>
}

export function createMemoryKeychain(): MemoryKeychain {
  const secrets = new Map<string, string>()
  return {
    secrets,
    get: (account) => Promise.resolve({ ok: true, secret: secrets.get(account) }),
    set: (account, secret) => {
      secrets.set(account, secret)
      return Promise.resolve({ ok: true, secret: undefined })
    },
    delete: (account) => {
      secrets.delete(account)
      return Promise.resolve({ ok: true, secret: undefined })
    },
    close: () => {}
  }
}
