import { parseArgs } from 'node:util'
import type { AccountConfiguration } from './auth.ts'
import type { FhashMode } from './engine/parts.ts'
import type { ElementForm } from './engine/transform/transformer.ts'

/** What the command line asks for. */
export interface Arguments {
  readonly data: string
  readonly accounts: readonly AccountConfiguration[]
  /** Accounts that wait for their tokens from standard input, one a line, in this order. */
  readonly awaitingTokens: readonly string[]
  readonly host: string
  readonly portNumber: number
  readonly fhash: FhashMode
  /** What the functions of tracks see of elements. */
  readonly trackElements: ElementForm
  readonly hasSample: boolean
  /** `host` or `host:port` that the functions of tracks may reach. */
  readonly allowedHosts: readonly string[]
  /** Drops a second that the replay adds. */
  readonly replayRate: number
}

export type ArgumentsOutcome =
  | { readonly kind: 'arguments'; readonly value: Arguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly sentence: string }

export const USAGE = `usage: npm run -s platform -- --data DIR|:memory: --account NAME --token TOKEN [more accounts]
  --port NUMBER            0 takes any free port (the default)
  --host ADDRESS           127.0.0.1 unless another is given
  --tokens-stdin           reads one token a line for the accounts, in their order, instead of --token
  --fhash ignore|replace   what happens to a drop whose fhash its flow holds already (ignore)
  --track-elements typed|plain
                           what functions of tracks see of an element: {type, value} or the value (typed)
  --allow-http HOST        lets the functions of tracks reach HOST or HOST:PORT; may be given several times
  --sample                 fills an account without sample flows with real public data and replays it
  --replay-rate NUMBER     drops a second that the replay adds (2); 0 pauses it`

/** Real rows a second that are replayed: enough to see life, little enough to read along. */
export const DEFAULT_REPLAY_RATE = 2
/** More a second than anyone can watch; a bound against a slip of the finger. */
export const MAX_REPLAY_RATE = 10_000

const OPTIONS = {
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  data: { type: 'string' },
  account: { type: 'string', multiple: true },
  token: { type: 'string', multiple: true },
  'tokens-stdin': { type: 'boolean', default: false },
  fhash: { type: 'string', default: 'ignore' },
  'track-elements': { type: 'string', default: 'typed' },
  'allow-http': { type: 'string', multiple: true },
  sample: { type: 'boolean', default: false },
  'replay-rate': { type: 'string', default: String(DEFAULT_REPLAY_RATE) },
  help: { type: 'boolean', default: false }
} as const

/** A name, an IPv4 address or an IPv6 address in brackets, and a port if need be. */
const HOST = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/
const ACCOUNT = /^[A-Za-z0-9_.-]+$/

/** Reads the command line. A mistake is one sentence that names the flag; it never repeats a token. */
export function readArguments(args: readonly string[]): ArgumentsOutcome {
  let given: ReturnType<typeof parse>
  try {
    given = parse(args)
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/)
    return { kind: 'mistake', sentence: `${sentence ?? ''}.` }
  }
  if (given.help) return { kind: 'help' }
  const portNumber = wholeNumber(given.port, 65_535)
  if (portNumber === undefined) return mistake('--port must be a number from 0 to 65535.')
  if (given.data === undefined || given.data === '')
    return mistake('--data must name a folder, or be :memory:.')
  if (given.fhash !== 'ignore' && given.fhash !== 'replace')
    return mistake('--fhash must be ignore or replace.')
  const { 'track-elements': trackElements } = given
  if (trackElements !== 'typed' && trackElements !== 'plain')
    return mistake('--track-elements must be typed or plain.')
  const replayRate = Number(given['replay-rate'])
  if (given['replay-rate'].trim() === '' || !(replayRate >= 0 && replayRate <= MAX_REPLAY_RATE)) {
    return mistake(`--replay-rate must be a number from 0 to ${String(MAX_REPLAY_RATE)}.`)
  }
  const allowedHosts = given['allow-http'] ?? []
  const badHost = allowedHosts.find((host) => !HOST.test(host))
  if (badHost !== undefined)
    return mistake(`--allow-http "${badHost}" must be a host, such as example.com or example.com:8080.`)
  const names = given.account ?? []
  const tokens = given.token ?? []
  if (names.length === 0) return mistake('--account must name at least one account.')
  const badName = names.find((name) => !ACCOUNT.test(name))
  if (badName !== undefined) return mistake(`--account "${badName}" may hold only letters, digits and _ . -`)
  if (new Set(names).size < names.length) return mistake('--account names an account twice.')
  if (given['tokens-stdin'] && tokens.length > 0)
    return mistake('--token and --tokens-stdin exclude each other.')
  if (!given['tokens-stdin'] && tokens.length !== names.length) {
    return mistake('Every --account needs its own --token after it.')
  }
  if (tokens.includes('')) return mistake('--token must not be empty.')
  return {
    kind: 'arguments',
    value: {
      data: given.data,
      accounts: given['tokens-stdin']
        ? []
        : names.map((account, index) => ({ account, token: tokens[index] ?? '' })),
      awaitingTokens: given['tokens-stdin'] ? names : [],
      host: given.host,
      portNumber,
      fhash: given.fhash,
      trackElements,
      allowedHosts,
      hasSample: given.sample,
      replayRate
    }
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values

const mistake = (sentence: string): ArgumentsOutcome => ({ kind: 'mistake', sentence })

const wholeNumber = (text: string, highest: number): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) <= highest ? Number(text) : undefined
