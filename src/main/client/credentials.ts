import { inspect } from 'node:util'
import { failure } from '../../shared/failure.ts'
import { parseVcapServices, VCAP_SERVICES } from '../connections/bluemix.ts'
import { LocalError } from './errors.ts'
import type { Credentials } from './server.ts'

/** Credentials that print and write themselves without the token; code reads `apiToken`. */
class HiddenCredentials implements Credentials {
  readonly account: string
  readonly #apiToken: string

  constructor(account: string, apiToken: string) {
    this.account = account
    this.#apiToken = apiToken
  }

  get apiToken(): string {
    return this.#apiToken
  }

  /** `util.inspect` runs getters when it is told to. */
  [inspect.custom](): object {
    return { account: this.account }
  }
}

export interface BluemixOptions {
  /** What to use when there are none. */
  readonly default?: Credentials
  /** The name of the variable that holds them. */
  readonly envVar?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Whom a client speaks for: an account, with its master token or a token string. */
export const Token = Object.assign(
  (account: string, apiToken: string): Credentials => new HiddenCredentials(account, apiToken),
  {
    /**
     * The credentials that IBM Bluemix gave to this process (platform protocol, "Credentials from IBM Bluemix"), or the default.
     *
     * @throws LocalError when there are neither.
     */
    fromBluemix: (options: BluemixOptions = {}): Credentials => {
      const { envVar = VCAP_SERVICES, environment = process.env } = options
      const found = parseVcapServices(environment[envVar] ?? '')
      const [first] = found.ok ? found.value : []
      if (first !== undefined) return Token(first.account, first.apiToken)
      if (options.default !== undefined) return options.default
      throw new LocalError(
        failure('input/invalid', {
          message: `The environment variable ${envVar} holds no flowthings credentials.`,
          hint: `Set ${envVar}, or give a default.`
        })
      )
    }
  }
)
