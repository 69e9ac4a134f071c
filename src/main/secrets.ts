import { MASK } from '../shared/secret-text.ts'

export { MASK }

/**
 * What must never leave the main process in the clear: the values of tokens that it was given, and the members and
 * headers that carry one.
 */

/** Members and headers whose value is a secret, in lower case (platform protocol, "Authentication headers", "Tokens"). */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'x-auth-token',
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'apitoken',
  'mastertoken',
  'tokenstring',
  'password'
])

/** Members of the platform's answers that carry a secret; the window never sees their value. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['masterToken', 'tokenString'])

/** Shorter ones would also blacken ordinary words. */
const MIN_SECRET_LENGTH = 8

/** Removes known secrets from texts. */
export interface Scrubber {
  /** From here on `secret` is removed from every text; one shorter than 8 characters is ignored. */
  protect(secret: string): void
  scrub(text: string): string
}

export function createScrubber(): Scrubber {
  const secrets = new Set<string>()
  return {
    protect: (secret) => {
      if (secret.length < MIN_SECRET_LENGTH) return
      // As it stands in JSON and in an address too.
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
        secrets.add(form)
    },
    scrub: (text) => {
      let scrubbed = text
      for (const secret of secrets) scrubbed = scrubbed.replaceAll(secret, MASK)
      return scrubbed
    }
  }
}

/** Whether a member, a header or a parameter of this name carries a secret. */
export const isSecretName = (name: string): boolean => SECRET_NAMES.has(name.toLowerCase())

/** A copy of plain data with every text in it scrubbed, at any depth; `value` itself if nothing changes. */
export const scrubTexts = <T>(value: T, scrub: (text: string) => string): T => changeTexts(value, scrub) as T

function changeTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) {
    const items = value.map((item) => changeTexts(item, change))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  const members = Object.entries(value)
  const changed = members.map(([name, member]) => [name, changeTexts(member, change)] as const)
  return changed.some(([, member], index) => member !== members[index]?.[1])
    ? Object.fromEntries(changed)
    : value
}

/** A copy of `value` with the values of secret members and headers masked, at any depth; `value` itself if there are none. */
export const redactSecretNames = (value: unknown): unknown => mask(value, isSecretName)

/** A copy of an answer of the platform with `masterToken` and `tokenString` masked; `value` itself if there are none. */
export const maskSecretMembers = <T>(value: T): T => mask(value, (name) => SECRET_MEMBERS.has(name)) as T

function mask(value: unknown, isSecret: (name: string) => boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => mask(item, isSecret))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  let copy: Record<string, unknown> | undefined
  for (const [name, member] of Object.entries(value)) {
    const masked = isSecret(name) && typeof member === 'string' ? MASK : mask(member, isSecret)
    if (masked !== member) {
      copy ??= { ...value }
      copy[name] = masked
    }
  }
  return copy ?? value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
