import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import WebSocket from 'ws'
import type { Failure } from '../../shared/failure.ts'
import { DIAGNOSIS_STEPS } from '../../shared/model/connection-diagnosis.ts'
import type {
  ConnectionDiagnosis,
  DiagnosisStep,
  DiagnosisStepKind
} from '../../shared/model/connection-diagnosis.ts'
import { malformedAnswer, parseEnvelope, rootOf } from './http-failure.ts'
import { createHttp } from './http.ts'
import type { Http, HttpRequest } from './http.ts'
import { describeNetworkCause } from './network-cause.ts'
import { liveOrigin, restOrigin, socketUrl } from './server.ts'
import type { Credentials, Server } from './server.ts'

export interface DiagnoseOptions {
  /** False accepts any certificate, as the connection itself would. */
  readonly verifyCertificate?: boolean
  /** Gives the trial up: the step under way fails. */
  readonly signal?: AbortSignal
  /** The most that one step may take. */
  readonly stepLimitMs?: number
}

/** As long as a person watches a dialog for one of seven steps. */
const STEP_LIMIT_MS = 8000

/**
 * Tries a connection from the name of its server to an open WebSocket session and says in words how far that comes. Reads
 * one flow at most and changes nothing. Nothing is tried twice: what works only now and then should be seen.
 */
export async function diagnose(
  server: Server,
  credentials: Credentials,
  options: DiagnoseOptions = {}
): Promise<ConnectionDiagnosis> {
  const { verifyCertificate = true, stepLimitMs = STEP_LIMIT_MS } = options
  const http = createHttp({
    verifyCertificate,
    maxAttempts: 1,
    connectTimeoutMs: stepLimitMs,
    headersTimeoutMs: stepLimitMs,
    bodyTimeoutMs: stepLimitMs
  })
  const trial: Trial = {
    server,
    credentials,
    http,
    verifyCertificate,
    signal: options.signal,
    stepLimitMs
  }
  const steps = new Map<DiagnosisStepKind, DiagnosisStep>()
  try {
    for (const tryStep of [nameStep, tcpStep, tlsStep, answerSteps, liveStep]) {
      if (options.signal?.aborted === true) break
      const found = await timed(() => tryStep(trial))
      for (const step of found) steps.set(step.kind, step)
      if (found.some(({ state }) => state === 'failed')) break
    }
  } finally {
    await http.close()
  }
  return {
    isUsable:
      steps.size === DIAGNOSIS_STEPS.length && ![...steps.values()].some(({ state }) => state === 'failed'),
    steps: DIAGNOSIS_STEPS.map((kind) => steps.get(kind) ?? skipped(kind, 'Not tried.'))
  }
}

interface Trial {
  readonly server: Server
  readonly credentials: Credentials
  readonly http: Http
  readonly verifyCertificate: boolean
  readonly signal: AbortSignal | undefined
  readonly stepLimitMs: number
}

type Finding = Omit<DiagnosisStep, 'durationMs'>

/** All that one attempt found out took the same time. */
async function timed(attempt: () => Promise<readonly Finding[]>): Promise<DiagnosisStep[]> {
  const startedMs = performance.now()
  const findings = await attempt()
  const durationMs = performance.now() - startedMs
  return findings.map((finding) => ({ ...finding, durationMs: finding.state === 'skipped' ? 0 : durationMs }))
}

const ok = (kind: DiagnosisStepKind, sentence: string, hint?: string): Finding => ({
  kind,
  state: 'ok',
  sentence,
  ...(hint === undefined ? {} : { hint })
})
const bad = (kind: DiagnosisStepKind, sentence: string, hint?: string): Finding => ({
  ...ok(kind, sentence, hint),
  state: 'failed'
})
const skipped = (kind: DiagnosisStepKind, sentence: string): DiagnosisStep => ({
  kind,
  state: 'skipped',
  sentence,
  durationMs: 0
})

const ofFailure = (kind: DiagnosisStepKind, { message, hint }: Failure): Finding => bad(kind, message, hint)

/** In the words for its cause; `host` is what was asked. */
function ofError(kind: DiagnosisStepKind, error: unknown, host: string): Finding {
  const { code, message: reason } = rootOf(error)
  const { message, hint } = describeNetworkCause(code, reason, host)
  return bad(kind, message ?? `It ended with: ${reason}`, hint)
}

interface Address {
  readonly hostname: string
  readonly portNumber: number
}

/** Name and port of `host`, undefined when it is not one. */
export function readHost(host: string, isSecure: boolean): Address | undefined {
  if (!/^[^\s/?#@\\]+$/.test(host)) return undefined
  try {
    const { hostname, port } = new URL(`${isSecure ? 'https' : 'http'}://${host}`)
    const bare = hostname.replace(/^\[|\]$/g, '')
    return { hostname: bare, portNumber: port === '' ? (isSecure ? 443 : 80) : Number(port) }
  } catch {
    return undefined
  }
}

async function nameStep({ server, signal, stepLimitMs }: Trial): Promise<readonly Finding[]> {
  const address = readHost(server.host, server.isSecure)
  if (address === undefined) {
    return [
      bad(
        'name',
        `“${server.host}” is not a server.`,
        'Write it as name or name:port, without http:// and without a path.'
      )
    ]
  }
  const { hostname } = address
  if (isIP(hostname) !== 0) {
    return [{ ...ok('name', `${hostname} is an address; there is no name to look up.`), state: 'skipped' }]
  }
  try {
    const found = await within(lookup(hostname, { all: true }), stepLimitMs, signal)
    return [ok('name', `${hostname} is ${found.map((entry) => entry.address).join(', ')}.`)]
  } catch (error) {
    return [ofError('name', error, hostname)]
  }
}

/** The wait for what cannot be cancelled. */
async function within<T>(pending: Promise<T>, limitMs: number, signal: AbortSignal | undefined): Promise<T> {
  const limit = limited(limitMs, signal)
  const gaveUp = new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () => {
      reject(asError(limit.reason))
    })
  })
  return await Promise.race([pending, gaveUp])
}

const limited = (limitMs: number, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined
    ? AbortSignal.timeout(limitMs)
    : AbortSignal.any([signal, AbortSignal.timeout(limitMs)])

/** A limit that was reached is told like the timeout of a system. */
const asError = (reason: unknown): Error =>
  reason instanceof DOMException && reason.name === 'TimeoutError'
    ? Object.assign(new Error('It took too long.'), { code: 'ETIMEDOUT' })
    : new Error('It was given up.')

async function tcpStep(trial: Trial): Promise<readonly Finding[]> {
  const { host, isSecure } = trial.server
  const { hostname, portNumber } = readHost(host, isSecure) ?? unreadable(host)
  try {
    await opened(connect({ host: hostname, port: portNumber, autoSelectFamily: true }), 'connect', trial)
    return [ok('tcp', `${hostname} takes connections on port ${String(portNumber)}.`)]
  } catch (error) {
    return [ofError('tcp', error, `${hostname} on port ${String(portNumber)}`)]
  }
}

async function tlsStep(trial: Trial): Promise<readonly Finding[]> {
  const { server, verifyCertificate } = trial
  if (!server.isSecure) {
    return [{ ...ok('tls', 'TLS is switched off for this connection.'), state: 'skipped' }]
  }
  const { hostname, portNumber } = readHost(server.host, true) ?? unreadable(server.host)
  const name = isIP(hostname) === 0 ? { servername: hostname } : {}
  try {
    const socket = connectTls({ host: hostname, port: portNumber, rejectUnauthorized: false, ...name })
    const error = await opened(socket, 'secureConnect', trial, (open: TLSSocket) =>
      open.authorized ? undefined : open.authorizationError
    )
    const version = socket.getProtocol() ?? 'TLS'
    if (error === undefined || error === null) return [ok('tls', `The certificate is accepted (${version}).`)]
    const cause = typeof error === 'string' ? error : ((error as { code?: string }).code ?? error.message)
    const refused = ofError('tls', Object.assign(new Error(cause), { code: cause }), hostname)
    return verifyCertificate
      ? [refused]
      : [
          ok(
            'tls',
            `${refused.sentence} It is accepted, because verification is switched off (${version}).`,
            'Anybody between here and the server could read the token.'
          )
        ]
  } catch (error) {
    const place = `${hostname} on port ${String(portNumber)}`
    return [
      rootOf(error).code === 'ETIMEDOUT'
        ? bad(
            'tls',
            `${place} did not answer the greeting of TLS in time.`,
            'It may speak no TLS at this port: switch TLS off, or give the port that speaks it.'
          )
        : ofError('tls', error, place)
    ]
  }
}

function unreadable(host: string): never {
  throw new Error(`The first step passed a host that is none: ${host}`)
}

/** Waits for a socket to open, asks it, and ends it. */
async function opened<S extends Socket, T = undefined>(
  socket: S,
  event: 'connect' | 'secureConnect',
  { signal, stepLimitMs }: Trial,
  ask: (socket: S) => T | undefined = () => undefined
): Promise<T | undefined> {
  const limit = limited(stepLimitMs, signal)
  try {
    return await new Promise<T | undefined>((resolve, reject) => {
      socket.once(event, () => {
        resolve(ask(socket))
      })
      socket.once('error', reject)
      socket.once('close', () => {
        reject(Object.assign(new Error('The server closed the connection.'), { code: 'ECONNRESET' }))
      })
      limit.addEventListener('abort', () => {
        reject(asError(limit.reason))
      })
    })
  } finally {
    socket.destroy()
  }
}

/** One request tells whether HTTP, the protocol and the account are right. */
async function answerSteps(trial: Trial): Promise<readonly Finding[]> {
  const { server, credentials, http } = trial
  const request = {
    ...requestOf(trial, 'GET', restOrigin(server)),
    path: `/v${server.version}/${encodeURIComponent(credentials.account)}/flow`,
    query: '?limit=1'
  }
  const answer = await http.request(request)
  const status = answer.ok ? answer.value.status : answer.failure.details?.status
  if (status === undefined) {
    const finding = answer.ok ? undefined : ofFailure('http', answer.failure)
    return finding === undefined ? [] : [server.isSecure ? finding : withTlsHint(finding)]
  }
  const answered = ok('http', `${server.host} answered with status ${String(status)}.`)
  const isPlatform = ok('platform', `It is a flowthings platform (version ${server.version}).`)
  if (answer.ok && parseEnvelope(answer.value.text)?.head.ok === true) {
    return [
      answered,
      isPlatform,
      ok('account', `The token is accepted for the account ${credentials.account}.`)
    ]
  }
  const failure = answer.ok ? malformedAnswer(request, status, answer.value.text) : answer.failure
  if (failure.code === 'response/malformed') {
    return [answered, ofFailure('platform', failure)]
  }
  if (failure.code === 'platform/forbidden') return [answered, isPlatform, refusedToken(credentials)]
  if (failure.details?.errors?.length === 0) {
    return [
      answered,
      bad(
        'platform',
        'What answered is not a flowthings platform, or one that is down behind its proxy.',
        'Try again later, or check the server of the connection.'
      )
    ]
  }
  return [answered, isPlatform, ofFailure('account', failure)]
}

const requestOf = (
  { credentials, signal }: Trial,
  method: string,
  origin: string
): Omit<HttpRequest, 'path'> => ({
  origin,
  method,
  account: credentials.account,
  headers: {
    'X-Auth-Account': credentials.account,
    'X-Auth-Token': credentials.apiToken,
    Accept: 'application/json'
  },
  signal
})

const refusedToken = ({ account }: Credentials): Finding =>
  bad(
    'account',
    `The platform refused the token for the account ${account}.`,
    'Check the name of the account, and paste a token of it that was not revoked and is not past its time.'
  )

const withTlsHint = (finding: Finding): Finding => ({
  ...finding,
  hint: `${finding.hint === undefined ? '' : `${finding.hint} `}If the server wants TLS, switch it on for this connection.`
})

/** The live server may be another one: what fails here may be any of the steps before. */
async function liveStep(trial: Trial): Promise<readonly Finding[]> {
  const { server, http } = trial
  if (readHost(server.liveHost, server.isSecure) === undefined) {
    return [bad('live', `“${server.liveHost}” is not a server.`, 'Write it as name or name:port.')]
  }
  const session = await http.request({ ...requestOf(trial, 'POST', liveOrigin(server)), path: '/session' })
  if (!session.ok) return [ofFailure('live', session.failure)]
  const body = parseEnvelope(session.value.text)?.body as { id?: unknown } | undefined
  if (typeof body?.id !== 'string') {
    return [
      bad(
        'live',
        `What answered at ${server.liveHost} opens no session.`,
        'Check the WebSocket server of the connection.'
      )
    ]
  }
  return [await socketFinding(trial, socketUrl(server, body.id))]
}

function socketFinding(
  { server, verifyCertificate, signal, stepLimitMs }: Trial,
  url: string
): Promise<Finding> {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    followRedirects: false,
    rejectUnauthorized: verifyCertificate
  })
  const limit = limited(stepLimitMs, signal)
  return new Promise<Finding>((resolve) => {
    socket.once('open', () => {
      resolve(ok('live', `A live session was opened at ${server.liveHost}.`))
    })
    socket.once('unexpected-response', (_request, response) => {
      resolve(
        bad(
          'live',
          `${server.liveHost} answered the opening of the socket with status ${String(response.statusCode)}.`,
          'Something between here and the platform may not let WebSocket pass.'
        )
      )
    })
    socket.on('error', (error) => {
      resolve(ofError('live', error, server.liveHost))
    })
    limit.addEventListener('abort', () => {
      resolve(ofError('live', asError(limit.reason), server.liveHost))
    })
  }).finally(() => {
    socket.terminate()
  })
}
