import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { EVENT_NAMES } from '../../src/shared/ipc/channels.ts'
import { CHILD_ACCOUNT, startPlatformChild, type ServerChild } from '../support/platform-child.ts'
import { sampleProcessTree } from '../support/process-tree.ts'
import { canStartSecretService, noSecretService, startSecretService } from '../support/secret-service.ts'
import { launch, makeProfile, removeProfile, type RunningApp } from './support/launch.ts'

/**
 * The token of another platform is given to the app as a person gives it, everything is used, and then it is looked for: in
 * the files of the profile, in what the app printed, in what its window was told, and in what other programs can see of its
 * processes.
 */
const TOKEN = CHILD_ACCOUNT.token

let platform: ServerChild
test.beforeAll(async () => {
  platform = await startPlatformChild(':memory:')
})
test.afterAll(async () => {
  await platform.end()
})

interface Answer {
  readonly ok: boolean
  readonly value?: unknown
  readonly failure?: unknown
}
type Explorer = Record<string, (input?: unknown) => Promise<Answer>> & {
  on(name: string, callback: (payload: unknown) => void): void
}
interface Listening {
  explorer: Explorer
  told: unknown[]
}

/** A running app, all that it printed, and a way to ask what its window can ask. */
async function start(profile: string, environment: Readonly<Record<string, string>>) {
  const running: RunningApp = await launch(profile, { environment })
  const { page } = running
  const printed: string[] = []
  for (const output of [running.app.process().stdout, running.app.process().stderr]) {
    output?.on('data', (data: Buffer) => printed.push(data.toString()))
  }
  await expect(page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem').first()).toBeVisible()
  await page.evaluate((names) => {
    const listening = globalThis as unknown as Listening
    listening.told = []
    for (const name of names) listening.explorer.on(name, (payload) => listening.told.push([name, payload]))
  }, EVENT_NAMES)
  const answers: unknown[] = []
  const ask = async (name: string, input?: unknown): Promise<Answer> => {
    const answer = await page.evaluate(
      ([verb, given]) => (globalThis as unknown as Listening).explorer[verb as string]?.(given),
      [name, input] as const
    )
    answers.push([name, answer])
    return answer as Answer
  }
  return { running, page, printed, answers, ask }
}

async function useEverything(ask: (name: string, input?: unknown) => Promise<Answer>, connectionId: string) {
  await ask('readVault')
  await ask('testConnection', { connectionId })
  await ask('openConnection', { connectionId })
  await ask('createFlow', { connectionId, path: '/ana/planted' })
  await ask('subscribe', { connectionId, flow: { path: '/ana/planted' } })
  for (const path of ['/identity', '/flow/none']) {
    const request = { method: 'GET', path, parameters: [], body: '' }
    await ask('sendRequest', { requestId: path, connectionId, request })
  }
  await ask('sendFrame', { connectionId, text: '{"type":"findmany","object":"identity"}' })
  await ask('copyToken', { connectionId })
  await ask('exportConnections')
  await ask('testConnection', {
    profile: {
      name: '',
      account: 'ana',
      host: '127.0.0.1:1',
      liveHost: '',
      version: '',
      isSecure: false,
      verifyCertificate: null,
      parameters: [],
      colour: 0,
      environment: '',
      isReadOnly: false
    },
    apiToken: TOKEN
  })
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

/** What others may see of the processes of the app: their command lines, names and environments. */
const seenOutside = (app: RunningApp): string =>
  sampleProcessTree(app.app.process().pid ?? 0)
    .flatMap(({ pid }) =>
      ['cmdline', 'comm', 'environ'].map((name) => {
        try {
          return readFileSync(`/proc/${String(pid)}/${name}`, 'latin1')
        } catch {
          return ''
        }
      })
    )
    .join('\n')

const profileOf = (host: string) => ({
  name: 'Plant',
  account: CHILD_ACCOUNT.account,
  host,
  liveHost: '',
  version: '',
  isSecure: false,
  verifyCertificate: null,
  parameters: [],
  colour: 2,
  environment: 'test',
  isReadOnly: false
})

for (const [words, isKept] of [
  ['in the keychain', true],
  ['for this run', false]
] as const) {
  test(`a token that is kept ${words} is nowhere else`, async () => {
    test.skip(
      process.platform !== 'linux' || (isKept && !canStartSecretService),
      'needs a secret service on Linux'
    )
    const service = isKept ? await startSecretService() : noSecretService()
    const profile = makeProfile()
    try {
      let app = await start(profile, service.environment)
      const saved = await app.ask('saveConnection', {
        profile: profileOf(new URL(platform.url).host),
        apiToken: TOKEN
      })
      const { id: connectionId } = saved.value as { id: string }
      expect(saved.value).toMatchObject({ tokenKeeping: isKept ? 'keychain' : 'this-run' })
      await useEverything(app.ask, connectionId)
      expect(await app.ask('openConnection', { connectionId })).toMatchObject({
        value: { status: { kind: 'connected' } }
      })
      expect(seenOutside(app.running)).not.toContain(TOKEN)
      const told = await app.page.evaluate(() => JSON.stringify((globalThis as unknown as Listening).told))
      expect(told + JSON.stringify(app.answers) + (await app.page.content())).not.toContain(TOKEN)
      await app.page.reload()
      await expect(app.page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem').first()).toBeVisible()
      await app.running.close()
      expect(app.printed.join('')).not.toContain(TOKEN)

      // The next run has it if the keychain kept it, and says so if not.
      app = await start(profile, service.environment)
      const opened = await app.ask('openConnection', { connectionId })
      expect(opened).toMatchObject({ value: { status: { kind: isKept ? 'connected' : 'failed' } } })
      await app.running.close()

      const holding = filesBelow(profile).filter((file) => readFileSync(file).includes(TOKEN))
      expect(holding).toEqual([])
    } finally {
      await service.close()
      removeProfile(profile)
    }
  })
}
