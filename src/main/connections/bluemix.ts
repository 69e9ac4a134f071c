import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'

/** What one bound service says about an account (platform protocol, "Credentials from IBM Bluemix"). */
export interface BluemixCredentials {
  readonly account: string
  /** A secret: it goes to the keychain or into a client, never into a file, a log or the window. */
  readonly apiToken: string
  /** The name of the service instance, when the text has one. */
  readonly name?: string
}

/** Where a Bluemix application finds its services unless told otherwise. */
export const VCAP_SERVICES = 'VCAP_SERVICES'

/** The member of VCAP_SERVICES that lists the instances of this platform. */
const SERVICE = 'flowthings'

/**
 * The credentials in a text of VCAP_SERVICES: those of each instance below `flowthings`, in their order; the first is the
 * one that the official clients take. Never an empty list: a text without any, or one that is not JSON, is `input/invalid`.
 * An instance without an account or a token is passed over. No failure holds a piece of the text, for it holds secrets.
 */
export function parseVcapServices(text: string): Result<readonly BluemixCredentials[]> {
  let services: unknown
  try {
    services = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    return refused('The text is not JSON.')
  }
  const instances = memberOf(services, SERVICE)
  if (!Array.isArray(instances)) return refused(`It has no list "${SERVICE}".`)
  const credentials = instances.flatMap((instance: unknown) => credentialsOf(instance) ?? [])
  return credentials.length === 0
    ? refused(`No entry of "${SERVICE}" has credentials with an account and a token.`)
    : success(credentials)
}

function credentialsOf(instance: unknown): BluemixCredentials | undefined {
  const credentials = memberOf(instance, 'credentials')
  const account = memberOf(credentials, 'account')
  const apiToken = memberOf(credentials, 'token')
  const name = memberOf(instance, 'name')
  if (!isText(account) || !isText(apiToken)) return undefined
  return { account, apiToken, ...(isText(name) ? { name } : {}) }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

const refused = (why: string): Result<never> =>
  failed(
    failure('input/invalid', {
      message: `There are no flowthings credentials in this text. ${why}`,
      hint: `Paste the whole value of ${VCAP_SERVICES}: {"${SERVICE}": [{"credentials": {"account": …, "token": …}}]}.`
    })
  )
