import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/main/client/diagnose.ts'
import type { Server } from '../../../src/main/client/server.ts'
import type { ConnectionDiagnosis } from '../../../src/shared/model/connection-diagnosis.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { serverAt, startTestPlatform, TEST_TOKEN } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { openTlsFront } from '../../support/tls-front.ts'

let platform: TestPlatform
const credentials = { account: 'ana', apiToken: TEST_TOKEN }
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => platform.close())

const statesOf = ({ steps }: ConnectionDiagnosis): string =>
  steps.map(({ kind, state }) => `${kind} ${state}`).join(', ')
const failedOf = ({ steps }: ConnectionDiagnosis) => steps.find(({ state }) => state === 'failed')

async function listen(server: TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}))
  })
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

const answering = (handler: RequestListener): Promise<string> => listen(createServer(handler))

async function behindTls(names?: readonly string[], days?: { from: Date; to: Date }): Promise<Server> {
  const front = await openTlsFront(platform.host, makeCertificate({ ...(names && { names }), ...days }))
  closing.push(() => front.close())
  return { ...serverAt(front.host), isSecure: true }
}

describe('a connection that works', () => {
  test('is told step by step', async () => {
    const diagnosis = await diagnose(serverAt(platform.host), credentials)
    expect(statesOf(diagnosis)).toBe(
      'name skipped, tcp ok, tls skipped, http ok, platform ok, account ok, live ok'
    )
    expect(diagnosis.isUsable).toBe(true)
    expect(JSON.stringify(diagnosis)).not.toContain(TEST_TOKEN)
  })

  test('by a name tells its addresses', async () => {
    const host = platform.host.replace('127.0.0.1', 'localhost')
    const { steps, isUsable } = await diagnose(serverAt(host), credentials)
    expect({ isUsable, name: steps[0]?.state }).toEqual({ isUsable: true, name: 'ok' })
    expect(steps[0]?.sentence).toContain('127.0.0.1')
  })

  test('with a certificate that is not verified says what that means', async () => {
    const diagnosis = await diagnose(await behindTls(), credentials, { verifyCertificate: false })
    expect(statesOf(diagnosis)).toBe(
      'name skipped, tcp ok, tls ok, http ok, platform ok, account ok, live ok'
    )
    expect(diagnosis.steps[2]?.hint).toMatch(/read the token/)
  })
})

describe('a connection that does not work', () => {
  const cases: readonly {
    readonly what: string
    readonly server: () => Promise<Server> | Server
    readonly apiToken?: string
    readonly kind: string
    readonly sentence: RegExp
    readonly hint: RegExp
  }[] = [
    {
      what: 'a name that nobody has',
      server: () => serverAt('nowhere.invalid:80'),
      kind: 'name',
      sentence: /named nowhere\.invalid|nowhere\.invalid could not be looked up/,
      hint: /spelling|network/
    },
    {
      what: 'an address of a web page instead of a server',
      server: () => serverAt('http://127.0.0.1/'),
      kind: 'name',
      sentence: /is not a server/,
      hint: /without http/
    },
    {
      what: 'a port where nothing listens',
      server: () => serverAt('127.0.0.1:1'),
      kind: 'tcp',
      sentence: /refused the connection/,
      hint: /port/
    },
    {
      what: 'a certificate that signed itself',
      server: () => behindTls(),
      kind: 'tls',
      sentence: /signed by itself/,
      hint: /verification off/
    },
    {
      what: 'TLS towards a server that speaks none',
      server: async () => ({ ...serverAt(await answering(() => {})), isSecure: true }),
      kind: 'tls',
      sentence: /does not speak TLS/,
      hint: /TLS off/
    },
    {
      what: 'TLS towards a server that waits for something else',
      server: async () => ({ ...serverAt(await listen(createTcpServer())), isSecure: true }),
      kind: 'tls',
      sentence: /greeting of TLS/,
      hint: /TLS off/
    },
    {
      what: 'no TLS towards a server that wants it',
      server: async () => ({ ...(await behindTls()), isSecure: false }),
      kind: 'http',
      sentence: /closed/,
      hint: /wants TLS/
    },
    {
      what: 'a server that speaks no HTTP',
      server: async () =>
        serverAt(
          await listen(createTcpServer((socket) => socket.once('data', () => socket.end('220 mail\r\n'))))
        ),
      kind: 'http',
      sentence: /does not speak HTTP/,
      hint: /port/
    },
    {
      what: 'a web page',
      server: async () =>
        serverAt(await answering((_request, response) => response.end('<html>Hello</html>'))),
      kind: 'platform',
      sentence: /web page/,
      hint: /server/
    },
    {
      what: 'another JSON',
      server: async () => serverAt(await answering((_request, response) => response.end('{"status":"UP"}'))),
      kind: 'platform',
      sentence: /not one of a flowthings platform/,
      hint: /server/
    },
    {
      what: 'a page of a proxy whose platform is down',
      server: async () =>
        serverAt(
          await answering((_request, response) => response.writeHead(502).end('<html>Bad Gateway</html>'))
        ),
      kind: 'platform',
      sentence: /down behind its proxy/,
      hint: /later/
    },
    {
      what: 'a redirect',
      server: async () =>
        serverAt(
          await answering((_request, response) =>
            response.writeHead(301, { Location: 'https://example.com/' }).end()
          )
        ),
      kind: 'platform',
      sentence: /sent the request on to https:\/\/example\.com/,
      hint: /example\.com/
    },
    {
      what: 'a token that is none',
      server: () => serverAt(platform.host),
      apiToken: 'wrong',
      kind: 'account',
      sentence: /refused the token for the account ana/,
      hint: /paste a token/
    },
    {
      what: 'a live server that is somewhere else',
      server: () => ({ ...serverAt(platform.host), liveHost: '127.0.0.1:1' }),
      kind: 'live',
      sentence: /refused the connection/,
      hint: /port/
    },
    {
      what: 'a live server that is a web page',
      server: async () => ({
        ...serverAt(platform.host),
        liveHost: await answering((_request, response) => response.end('<html></html>'))
      }),
      kind: 'live',
      sentence: /opens no session/,
      hint: /WebSocket server/
    },
    {
      what: 'a proxy that lets no WebSocket pass',
      server: async () => ({
        ...serverAt(platform.host),
        liveHost: await answering((request, response) => {
          const isSession = request.url === '/session'
          response
            .writeHead(isSession ? 201 : 400)
            .end('{"head":{"ok":true,"status":201,"messages":[],"errors":[]},"body":{"id":"s1"}}')
        })
      }),
      kind: 'live',
      sentence: /status 400/,
      hint: /WebSocket/
    },
    {
      what: 'a server that never answers',
      server: async () => serverAt(await answering(() => {})),
      kind: 'http',
      sentence: /did not answer in time/,
      hint: /port/
    }
  ]
  test.each(cases)('$what', async ({ server, apiToken = TEST_TOKEN, kind, sentence, hint }) => {
    const diagnosis = await diagnose(await server(), { account: 'ana', apiToken }, { stepLimitMs: 1500 })
    const failed = failedOf(diagnosis)
    expect(diagnosis.isUsable).toBe(false)
    expect(failed).toMatchObject({ kind })
    expect(failed?.sentence).toMatch(sentence)
    expect(failed?.hint).toMatch(hint)
    // What comes after it was not tried.
    const after = diagnosis.steps.slice(diagnosis.steps.findIndex((step) => step.kind === kind) + 1)
    expect(after.every(({ state, durationMs }) => state === 'skipped' && durationMs === 0)).toBe(true)
  })

  test('a certificate for another name, and one that is out of date', async () => {
    const another = await behindTls(['example.com'])
    const localhost = { ...another, host: another.host.replace('127.0.0.1', 'localhost') }
    // What signed itself is told first; a name that differs, only when the signer is trusted.
    expect(failedOf(await diagnose(localhost, credentials))?.kind).toBe('tls')
    const old = await behindTls(undefined, { from: new Date(0), to: new Date(86_400_000) })
    expect(failedOf(await diagnose(old, credentials))?.kind).toBe('tls')
  })

  test('a trial that is given up ends', async () => {
    const controller = new AbortController()
    const host = await answering(() => {
      controller.abort()
    })
    const diagnosis = await diagnose(serverAt(host), credentials, { signal: controller.signal })
    expect(diagnosis.isUsable).toBe(false)
    expect(failedOf(diagnosis)?.kind).toBe('http')
  })
})
