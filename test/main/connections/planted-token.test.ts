import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAnswers } from '../../../src/main/answers.ts'
import { systemScheduler } from '../../../src/main/client/scheduler.ts'
import { openLog } from '../../../src/main/log.ts'
import { createNotices } from '../../../src/main/notices.ts'
import { openStores } from '../../../src/main/settings.ts'
import { createKeychain } from '../../../src/main/tokens/keychain.ts'
import type { RequestName } from '../../../src/shared/ipc/channels.ts'
import type { Connection } from '../../../src/shared/model/connection.ts'
import { success } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'
import { startPlatform } from '../../../src/platform/index.ts'
import { forkKeychain } from '../../support/keychain-child.ts'
import { profileAt, STOPPED_PLATFORM } from '../../support/opened-connections.ts'
import { canStartSecretService, noSecretService, startSecretService } from '../../support/secret-service.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

/** Words that nothing else has; the second needs escapes in JSON and in an address. */
const PLANTED = 'PlantedToken0123456789abcdefghij'
const QUOTED = 'Planted"Token\\0123456789%abcdef/g'
const FORMS = [PLANTED, QUOTED].flatMap((token) => [
  token,
  JSON.stringify(token).slice(1, -1),
  encodeURIComponent(token),
  Buffer.from(token).toString('base64').slice(0, -4)
])
const formsIn = (text: string): string[] => FORMS.filter((form) => text.includes(form))

/** A server that repeats everything it was sent, as a debugging proxy or a hostile platform might. */
async function startEcho() {
  const server = createServer((request, response) => {
    response.setHeader('x-auth-token', String(request.headers['x-auth-token']))
    response.setHeader('x-repeated', String(request.headers['x-auth-token']))
    const told = `${request.method ?? ''} ${request.url ?? ''} ${JSON.stringify(request.headers)}`
    const isError = request.method !== 'GET' || request.url?.includes('limit=0') !== true
    response.writeHead(isError ? 400 : 200)
    response.end(
      JSON.stringify({
        head: { ok: !isError, status: isError ? 400 : 200, messages: [told], errors: [told], references: {} },
        body: [{ masterToken: request.headers['x-auth-token'], said: request.headers['x-auth-token'] }]
      })
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      })
  }
}

async function useEverything(keychainEnvironment: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'flowscope-planted-'))
  const terminal: string[] = []
  /** All that went to the window. */
  const sent: unknown[] = []
  /** Where a secret may be: the clipboard and the dialog that shows it. */
  const deliberately: string[] = []
  const savedFiles: string[] = []
  const children: ChildProcess[] = []
  const printed: string[] = []
  const log = openLog({
    file: join(directory, 'flowscope.log'),
    level: 'debug',
    writeToTerminal: (line) => terminal.push(line)
  })
  const notices = createNotices()
  const platform = await startPlatform({
    data: ':memory:',
    accounts: [
      { account: 'ana', token: PLANTED },
      { account: 'ben', token: QUOTED }
    ]
  })
  if (!platform.ok) throw new Error(platform.failure.message)
  const host = new URL(platform.value.url).host
  const echo = await startEcho()
  const answers = createAnswers({
    localPlatform: STOPPED_PLATFORM,
    keychain: createKeychain({
      fork: () => {
        const child = forkKeychain(keychainEnvironment, children)
        const started = children.at(-1)
        for (const output of [started?.stdout, started?.stderr]) {
          output?.on('data', (data: Buffer) => printed.push(data.toString()))
        }
        return child
      },
      serviceName: `Flowscope (${directory})`,
      scheduler: systemScheduler
    }),
    notices,
    stores: openStores({ directory, log, notices }),
    log,
    openPort: () => undefined,
    sendEvent: (name, payload) => sent.push([name, payload]),
    onSettingsChanged: () => {},
    onPainted: () => {},
    readAppState: () => ({}) as never,
    chooseSaveFile: () => Promise.resolve(undefined),
    desktop: {
      writeClipboard: (text) => deliberately.push(text),
      confirmOpen: () => Promise.resolve(false),
      openInBrowser: () => Promise.resolve(),
      saveFile: (_name, content) => {
        savedFiles.push(String(content))
        return Promise.resolve(success('/somewhere'))
      },
      openTextFile: () => Promise.resolve(undefined),
      revealSecret: ({ secret }) => {
        deliberately.push(secret)
        return Promise.resolve(true)
      }
    }
  })
  const ask = async (name: RequestName, input?: unknown): Promise<Result<unknown>> => {
    const result = (await answers.answer(name, input, true)) as Result<unknown>
    sent.push([name, result])
    return result
  }
  const save = async (draft: object): Promise<string> =>
    (valueOf(await ask('saveConnection', draft)) as Connection).id

  const ana = await save({ profile: profileAt(host), apiToken: PLANTED })
  const ben = await save({
    profile: profileAt(host, { name: 'Ben', account: 'ben', parameters: [{ name: 'hints', value: '1' }] }),
    apiToken: ` ${QUOTED}\n`
  })
  const echoing = await save({ profile: profileAt(echo.host, { name: 'Echo' }), apiToken: PLANTED })
  const vcap = { flowthings: [{ name: 'imported', credentials: { account: 'ana', token: PLANTED } }] }
  await ask('importVcapServices', { source: { kind: 'text', text: JSON.stringify(vcap) }, host })
  await ask('importVcapServices', { source: { kind: 'text', text: `{"flowthings": ${PLANTED}` }, host })

  for (const connectionId of [ana, ben, echoing]) {
    await ask('testConnection', { connectionId })
    await ask('openConnection', { connectionId })
    await ask('readFlow', { connectionId, flow: { path: '/ana/none' } })
    await ask('createFlow', { connectionId, path: '/ana/planted' })
    await ask('subscribe', { connectionId, flow: { path: '/ana/planted' } })
    const requests = [
      { method: 'GET', path: '/identity', parameters: [], body: '' },
      { method: 'GET', path: '/flow', parameters: [{ name: 'limit', value: '0' }], body: '' },
      // A person may paste a token anywhere; it is not kept.
      {
        method: 'POST',
        path: `/flow/${PLANTED}`,
        parameters: [{ name: 'x', value: PLANTED }],
        body: `"${PLANTED}"`
      }
    ]
    for (const [index, request] of requests.entries()) {
      await ask('sendRequest', { requestId: `r${String(index)}`, connectionId, request })
      await ask('readAnswer', { requestId: `r${String(index)}` })
      await ask('saveAnswer', { requestId: `r${String(index)}` })
    }
    await ask('runBatch', { batchId: 'b', connectionId, requests, concurrency: 2, stopsAtFailure: false })
    await ask('sendFrame', { connectionId, text: `{"type":"find","object":"flow","id":"${PLANTED}"}` })
    await ask('listRequestHistory', { connectionId })
    await ask('listServiceIds', { connectionId, service: 'identity' })
    await ask('copyToken', { connectionId })
    await ask('revealToken', { connectionId })
  }
  // What fails, in every way that a person can make it fail.
  await ask('saveConnection', { profile: profileAt(host, { name: `x ${PLANTED}` }), apiToken: PLANTED })
  await ask('saveConnection', {
    profile: profileAt(host, { parameters: [{ name: 'token', value: PLANTED }] })
  })
  await ask('saveConnection', { profile: 7, apiToken: PLANTED })
  await ask('testConnection', { profile: profileAt('127.0.0.1:1'), apiToken: PLANTED })
  await ask('testConnection', { profile: profileAt(echo.host), apiToken: PLANTED })
  await ask('exportConnections')
  await ask('listProfiles')
  await ask('listConnections')
  await ask('readVault')
  await ask('closeConnection', { connectionId: ben })
  log.error('app', 'a crash', {
    error: new Error(`with ${PLANTED} and ${QUOTED}`),
    request: { apiToken: PLANTED }
  })

  const seen = {
    commandLines: children.map(({ pid }) => procOf(pid, 'cmdline')),
    environments: children.map(({ pid }) => procOf(pid, 'environ')),
    title: process.title
  }
  await ask('deleteConnection', { connectionId: ana })
  await until('the events are told', () => sent.length > 0)
  await answers.close()
  await platform.value.close()
  await echo.close()
  log.close()
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')] as const)
  rmSync(directory, { recursive: true, force: true })
  return { files, terminal, sent, printed, savedFiles, deliberately, seen, notices: notices.all(), answers }
}

function procOf(pid: number | undefined, name: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8')
  } catch {
    // It has ended, or this system has no such files.
    return ''
  }
}

async function expectNothingIn(environment: Readonly<Record<string, string>>): Promise<Found> {
  const found = await useEverything(environment)
  expect(JSON.stringify(found.sent)).toContain('"kind":"connected"')
  for (const [name, text] of found.files) expect([name, formsIn(text)]).toEqual([name, []])
  expect(found.files.map(([name]) => name)).toEqual(
    expect.arrayContaining(['connections.json', 'flowscope.log', 'requests.json'])
  )
  for (const message of found.sent) {
    const text = `${JSON.stringify(message)}\n${inspect(message, { depth: 20, maxStringLength: Infinity })}`
    expect([message, formsIn(text)]).toEqual([message, []])
  }
  const { files: _files, sent: _sent, deliberately, ...rest } = found
  expect(formsIn(JSON.stringify(rest))).toEqual([])
  expect(formsIn(inspect(rest, { depth: 20, showHidden: true }))).toEqual([])
  // The search finds what is there: both went where a person asked for them.
  expect([...new Set(deliberately.filter((text) => formsIn(text).length > 0))]).toEqual([PLANTED, QUOTED])
  return found
}

type Found = Awaited<ReturnType<typeof useEverything>>

describe('a token that is planted is nowhere in the clear after everything was used', () => {
  test('without a keychain', async () => {
    const none = noSecretService()
    onTestFinished(() => {
      none.close()
    })
    await expectNothingIn(none.environment)
  })

  test.runIf(canStartSecretService)('with a keychain', async () => {
    const service = await startSecretService()
    onTestFinished(() => service.close())
    const { seen } = await expectNothingIn(service.environment)
    expect(seen.commandLines.join()).toContain('keychain-process')
  })
})
