import type { ConnectionDefaults, ConnectionProfile, RequestParameterRow } from './connection-profile.ts'
import { isLoopbackHost, parseHost } from './host.ts'

/** Something about a profile that a person should know; the first of a member is the one to show beside it. */
export interface ProfileProblem {
  readonly member: keyof ConnectionProfile
  /** An error keeps the connection from opening; a warning is for the person to weigh. */
  readonly severity: 'error' | 'warning'
  /** A sentence. */
  readonly message: string
}

/** A profile with nothing left open. */
export interface ResolvedProfile {
  readonly account: string
  /** Lower case; empty when neither the profile nor the defaults name a server. */
  readonly host: string
  readonly liveHost: string
  readonly version: string
  readonly isSecure: boolean
  readonly verifyCertificate: boolean
  readonly parameters: readonly RequestParameterRow[]
  readonly concurrency: number
}

/** Takes the defaults where the profile leaves something open, and spaces away that came with a paste. */
export function resolveProfile(profile: ConnectionProfile, defaults: ConnectionDefaults): ResolvedProfile {
  const ownHost = profile.host.trim()
  const host = (ownHost || defaults.host.trim()).toLowerCase()
  const defaultLiveHost = ownHost === '' ? defaults.liveHost.trim() : ''
  const own = new Set(profile.parameters.map(({ name }) => name))
  return {
    account: profile.account.trim(),
    host,
    liveHost: (profile.liveHost.trim() || defaultLiveHost || host).toLowerCase(),
    version: profile.version.trim() || defaults.version.trim(),
    isSecure: profile.isSecure ?? defaults.isSecure,
    verifyCertificate: profile.verifyCertificate ?? defaults.verifyCertificate,
    parameters: [...defaults.parameters.filter(({ name }) => !own.has(name)), ...profile.parameters],
    concurrency: defaults.concurrency
  }
}

/** What is wrong with a profile, and what is risky; empty when there is nothing to say. */
export function checkProfile(
  profile: ConnectionProfile,
  defaults: ConnectionDefaults
): readonly ProfileProblem[] {
  const resolved = resolveProfile(profile, defaults)
  const error = (member: keyof ConnectionProfile, message: string): ProfileProblem[] => [
    { member, severity: 'error', message }
  ]
  const warning = (member: keyof ConnectionProfile, message: string): ProfileProblem[] => [
    { member, severity: 'warning', message }
  ]
  const { name, account, host, liveHost, version, parameters } = profile
  const problems = [
    ...(name.trim() === '' ? error('name', 'A connection needs a name to be found by.') : []),
    ...accountProblem(account.trim()).flatMap((message) => error('account', message)),
    ...(resolved.host === ''
      ? error(
          'host',
          'A connection needs a server: its name or address, with a port if it is not the usual one.'
        )
      : hostProblem(resolved.host).flatMap((message) => error('host', message))),
    ...(liveHost.trim() === ''
      ? []
      : hostProblem(resolved.liveHost).flatMap((message) => error('liveHost', message))),
    ...(isVersion(resolved.version)
      ? []
      : error('version', `A version is made of digits and points, such as 4.0, not "${version.trim()}".`)),
    ...parameterProblems(parameters).flatMap((message) => error('parameters', message))
  ]
  if (problems.length > 0) return problems
  const isFar = !isLoopbackHost(resolved.host) || !isLoopbackHost(resolved.liveHost)
  return [
    ...(isFar && !resolved.isSecure
      ? warning(
          'isSecure',
          `Without TLS the token and every drop travel to ${host.trim() || resolved.host} unencrypted: anybody on the way can read them.`
        )
      : []),
    ...(resolved.isSecure && !resolved.verifyCertificate
      ? warning(
          'verifyCertificate',
          'Any certificate is accepted: somebody on the way could pose as the server and read the token.'
        )
      : [])
  ]
}

/**
 * What is wrong with a token that was typed or pasted, as a sentence; undefined when it can be sent. Spaces around it are
 * nobody's fault and do not count.
 */
export const tokenProblem = (apiToken: string): string | undefined =>
  /^[\x21-\x7e]+$/.test(apiToken.trim())
    ? undefined
    : 'A token has no spaces or line breaks in it, and only letters, digits and signs of ASCII.'

/** Goes into a path and a header: what a header cannot hold, and what would be another path, is refused. */
function accountProblem(account: string): string[] {
  if (account === '') return ['A connection needs the name of an account on its platform.']
  // Printable ASCII, the characters that a header of HTTP carries unchanged everywhere.
  return /^[\x21-\x7e]+$/.test(account) && !/[/?#%\\]/.test(account)
    ? []
    : ['The name of an account has no spaces, no slashes and only letters, digits and signs of ASCII.']
}

function hostProblem(text: string): string[] {
  const host = parseHost(text)
  return host.ok ? [] : [host.problem]
}

const isVersion = (version: string): boolean => /^\d{1,4}(\.\d{1,4}){0,3}$/.test(version)

/** Names under which people are used to write a secret into an address. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  'token',
  'apitoken',
  'mastertoken',
  'tokenstring',
  'password',
  'authorization',
  'x-auth-token'
])

function parameterProblems(parameters: readonly RequestParameterRow[]): string[] {
  const names = parameters.map(({ name }) => name.trim())
  if (names.includes('')) return ['A parameter needs a name.']
  const secret = names.find((name) => SECRET_PARAMETERS.has(name.toLowerCase()))
  if (secret !== undefined) {
    return [`Parameters are kept in a file: ${secret} belongs into the field of the token.`]
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? [] : [`The parameter ${twice} is there twice.`]
}
