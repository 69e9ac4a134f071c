import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { EVENT_NAMES, REQUEST_NAMES } from '../../src/shared/ipc/channels.ts'
import { launch, makeProfile, removeProfile, type RunningApp } from './support/launch.ts'

/**
 * What keeps whatever runs in the window in its place: one test for each promise. They are played from inside the window, as
 * a hostile script would, and judged from the main process where that can be seen only there.
 */
const profile = makeProfile()
let running: RunningApp
let page: Page

test.beforeAll(async () => {
  running = await launch(profile)
  page = running.page
  await expect(page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem').first()).toBeVisible()
})
test.afterAll(async () => {
  await running.close()
  removeProfile(profile)
})

interface Answer {
  readonly ok: boolean
  readonly value?: unknown
  readonly failure?: { readonly code: string }
}
type Verbs = Record<string, (input?: unknown) => Promise<Answer>>

const ask = (name: string, input?: unknown): Promise<Answer> =>
  page.evaluate(
    async ([verb, given]) =>
      (globalThis as unknown as { explorer: Verbs }).explorer[verb as string]?.(given) as Promise<Answer>,
    [name, input] as const
  )

const urlOfWindow = (): Promise<string | undefined> =>
  running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())

/** The addresses that main refused, from the log of the profile. */
const refusals = (phrase: string): string[] =>
  readFileSync(join(profile, 'logs', 'flowscope.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; url?: string })
    .flatMap(({ msg, url }) => (msg === phrase && url !== undefined ? [url] : []))

/** Runs `attempt` in the window and answers the directives of the policy that it broke. */
const violationsOf = (attempt: string): Promise<string[]> =>
  page.evaluate(async (source) => {
    const directives: string[] = []
    // In a task of its own: what a debugger runs directly is not held to the policy.
    await new Promise<void>((resolve) => {
      document.addEventListener(
        'securitypolicyviolation',
        ({ effectiveDirective }) => {
          directives.push(effectiveDirective)
          resolve()
        },
        { once: true }
      )
      const attempts: Record<string, () => void> = {
        'inline script': () => {
          const script = document.createElement('script')
          script.textContent = 'globalThis.escaped = true'
          document.body.append(script)
        },
        'inline handler': () => {
          const image = document.createElement('img')
          image.setAttribute('onerror', 'globalThis.escaped = true')
          image.src = 'data:,'
          document.body.append(image)
        },
        'foreign script': () => {
          const script = document.createElement('script')
          script.src = 'https://127.0.0.1:9/x.js'
          document.body.append(script)
        },
        'data script': () => {
          const script = document.createElement('script')
          script.src = 'data:text/javascript,globalThis.escaped=true'
          document.body.append(script)
        },
        fetch: () => void fetch('https://127.0.0.1:9/').catch(() => {}),
        'own fetch': () => void fetch('index.html').catch(() => {}),
        socket: () => void new WebSocket('ws://127.0.0.1:9/'),
        beacon: () => navigator.sendBeacon('https://127.0.0.1:9/'),
        image: () => {
          document.body.append(Object.assign(new Image(), { src: 'https://127.0.0.1:9/x.png' }))
        },
        frame: () => {
          document.body.append(
            Object.assign(document.createElement('iframe'), { src: 'https://127.0.0.1:9/' })
          )
        },
        'blob worker': () => {
          const address = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }))
          new Worker(address)
        },
        base: () => {
          document.head.append(
            Object.assign(document.createElement('base'), { href: 'https://127.0.0.1:9/' })
          )
        },
        form: () => {
          const form = Object.assign(document.createElement('form'), { action: 'https://127.0.0.1:9/' })
          document.body.append(form)
          form.submit()
        }
      }
      setTimeout(() => {
        try {
          attempts[source]?.()
        } catch {
          // A refusal may come as an exception, and is told by its event all the same.
        }
        // Nothing was refused.
        setTimeout(resolve, 5000)
      })
    })
    return directives
  }, attempt)

test('the window has no Node', async () => {
  expect(
    await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'setImmediate'].filter(
        (name) => name in globalThis
      )
    )
  ).toEqual([])
})

test('the window and the preload script live in worlds of their own', async () => {
  const seen = await page.evaluate(async () => {
    const { explorer } = globalThis as unknown as { explorer: Verbs }
    const caught: string[] = []
    const { fromEntries } = Object
    const { map } = Array.prototype
    Object.fromEntries = (entries: Iterable<readonly unknown[]>) => {
      caught.push('Object.fromEntries')
      return fromEntries(entries as Iterable<readonly [string, unknown]>) as Record<string, unknown>
    }
    const original = explorer['readSettings']
    try {
      ;(explorer as Record<string, unknown>)['readSettings'] = () => 'replaced'
    } catch {
      // In strict mode a frozen object throws.
    }
    const answer = await explorer['readSettings']?.()
    Object.fromEntries = fromEntries
    Array.prototype.map = map
    return { caught, isSame: explorer['readSettings'] === original, isAnswered: answer?.ok }
  })
  expect(seen).toEqual({ caught: [], isSame: true, isAnswered: true })
})

test('the preload script offers the verbs of the contract and nothing else', async () => {
  const names = await page.evaluate(() =>
    Object.keys((globalThis as unknown as { explorer: object }).explorer)
  )
  expect(names.toSorted()).toEqual([...REQUEST_NAMES, 'on'].toSorted())
  // Verbs of the app's own, not the channels that carry them.
  expect(names.filter((name) => /^(send|sendSync|invoke|post|postMessage|ipc.*)$/i.test(name))).toEqual([])
  const unknownEvent = await page.evaluate((known) => {
    try {
      ;(globalThis as unknown as { explorer: { on(name: string, callback: () => void): void } }).explorer.on(
        `${known}x`,
        () => {}
      )
      return 'accepted'
    } catch {
      return 'refused'
    }
  }, EVENT_NAMES[0])
  expect(unknownEvent).toBe('refused')
})

test('the policy is default-src none and script-src self, and the app itself never breaks it', async () => {
  const second = makeProfile()
  const other = await launch(second)
  await other.page.addInitScript(() => {
    const broken: string[] = []
    Object.assign(globalThis, { broken })
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      broken.push(`${effectiveDirective} ${blockedURI}`)
    })
  })
  await other.page.reload()
  await expect(other.page.getByRole('grid', { name: 'Live drops' }).getByRole('row').first()).toBeVisible()
  const broken = (): Promise<string[]> =>
    other.page.evaluate(() => (globalThis as unknown as { broken: string[] }).broken)
  expect(await broken()).toEqual([])
  // The listener is there, and would have heard.
  await other.page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('script'), { textContent: '0' }))
  })
  await expect.poll(broken).toEqual(['script-src-elem inline'])
  await other.close()
  removeProfile(second)
})

for (const [attempt, directive] of [
  ['inline script', 'script-src-elem'],
  ['inline handler', 'script-src-attr'],
  ['foreign script', 'script-src-elem'],
  ['data script', 'script-src-elem'],
  ['fetch', 'connect-src'],
  ['own fetch', 'connect-src'],
  ['socket', 'connect-src'],
  ['beacon', 'connect-src'],
  ['image', 'img-src'],
  ['frame', 'frame-src'],
  ['blob worker', 'worker-src'],
  ['base', 'base-uri'],
  ['form', 'form-action']
] as const) {
  test(`the policy refuses: ${attempt}`, async () => {
    expect(await violationsOf(attempt)).toContain(directive)
    expect(await page.evaluate(() => 'escaped' in globalThis)).toBe(false)
  })
}

test('text cannot become code', async () => {
  /* eslint-disable no-eval, no-new-func -- that these do nothing is what is tested */
  const outcome = await page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        setTimeout(() => {
          resolve(
            [() => (0, eval)('1'), () => new Function('return 1')() as unknown].map((attempt) => {
              try {
                attempt()
                return 'ran'
              } catch (error) {
                return (error as Error).name
              }
            })
          )
        })
      })
  )
  /* eslint-enable no-eval, no-new-func */
  expect(outcome).toEqual(['EvalError', 'EvalError'])
})

test('every permission is denied', async () => {
  const states = await page.evaluate(async () => {
    const query = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name } as unknown as PermissionDescriptor)).state
    const refusal = (attempt: Promise<unknown>): Promise<string> =>
      attempt.then(
        () => 'granted',
        () => 'denied'
      )
    return {
      geolocation: await query('geolocation'),
      notifications: await query('notifications'),
      camera: await query('camera'),
      microphone: await query('microphone'),
      clipboard: await query('clipboard-read'),
      notify: await Notification.requestPermission(),
      media: await refusal(navigator.mediaDevices.getUserMedia({ audio: true })),
      position: await refusal(
        new Promise((resolve, reject) => {
          navigator.geolocation.getCurrentPosition(resolve, reject)
        })
      )
    }
  })
  expect(Object.entries(states).filter(([, state]) => state !== 'denied')).toEqual([])
})

test('the window cannot be navigated elsewhere', async () => {
  const before = await urlOfWindow()
  expect(before).toBe('app://flowscope/index.html')
  // Chromium itself refuses a file, without asking; the addresses after it show that nothing came of it.
  for (const address of ['file:///etc/passwd', 'https://example.org/', 'http://127.0.0.1:9/']) {
    await page.evaluate((target) => {
      const link = Object.assign(document.createElement('a'), { href: target, textContent: 'out' })
      document.body.append(link)
      link.click()
      link.remove()
    }, address)
    if (!address.startsWith('file:')) {
      await expect.poll(() => refusals('navigation refused')).toContain(address)
    }
    expect(await urlOfWindow(), address).toBe(before)
  }
  await expect(page.getByRole('tree', { name: 'Flows' })).toBeVisible()
})

test('an empty page is left again at once', async () => {
  await page.evaluate(() => {
    location.href = 'about:blank'
  })
  await expect(page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem').first()).toBeVisible()
  await expect.poll(urlOfWindow).toBe('app://flowscope/index.html')
})

test('no second window opens', async () => {
  await page.evaluate(() => {
    window.open('https://example.org/opened')
    const link = Object.assign(document.createElement('a'), {
      href: 'https://example.org/linked',
      target: '_blank'
    })
    document.body.append(link)
    link.click()
    link.remove()
  })
  await expect
    .poll(() => refusals('new window refused'))
    .toEqual(expect.arrayContaining(['https://example.org/opened', 'https://example.org/linked']))
  expect(await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('an external link opens only after a question, and only when it is https', async () => {
  const opened = await running.app.evaluateHandle(({ dialog, shell }) => {
    const events: string[] = []
    const answers = [1, 0]
    dialog.showMessageBox = ((...parameters: unknown[]) => {
      events.push(`asked ${(parameters.at(-1) as { detail: string }).detail}`)
      return Promise.resolve({ response: answers.shift() ?? 1, checkboxChecked: false })
    }) as typeof dialog.showMessageBox
    shell.openExternal = (url: string) => {
      events.push(`opened ${url}`)
      return Promise.resolve()
    }
    return events
  })
  expect(await ask('openExternalLink', { url: 'https://example.org/a' })).toEqual({
    ok: true,
    value: { wasOpened: false }
  })
  expect(await ask('openExternalLink', { url: 'https://example.org/b' })).toEqual({
    ok: true,
    value: { wasOpened: true }
  })
  for (const url of ['http://example.org/', 'file:///etc/passwd', 'javascript:alert(1)']) {
    expect(await ask('openExternalLink', { url })).toMatchObject({
      ok: false,
      failure: { code: 'input/invalid' }
    })
  }
  expect(await opened.jsonValue()).toEqual([
    'asked https://example.org/a',
    'asked https://example.org/b',
    'opened https://example.org/b'
  ])
})

test('the local platform listens on loopback alone and asks for its token', async () => {
  const { value } = await ask('listConnections')
  const [{ host } = { host: '' }] = value as { host: string }[]
  expect(host).toMatch(/^127\.0\.0\.1:\d+$/)
  expect((await fetch(`http://${host}/v4.0/local/flow`)).status).toBe(403)
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of others) {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect(Number(host.split(':')[1]), address)
      socket.on('connect', () => {
        socket.destroy()
        resolve('connected')
      })
      socket.on('error', (error) => {
        resolve((error as NodeJS.ErrnoException).code ?? error.message)
      })
    })
    expect(outcome, address).toBe('ECONNREFUSED')
  }
})

test('the token of the local platform never reaches the window', async () => {
  const answers = await Promise.all(
    ['readAppState', 'readSettings', 'readWorkspace', 'listConnections', 'readReplay'].map((name) =>
      ask(name)
    )
  )
  answers.push(
    await ask('readFlow', { connectionId: 'local', flow: { path: '/local/sample/earthquakes' } }),
    await ask('readFlow', { connectionId: 'local', flow: { path: '/local/nowhere' } })
  )
  const visible = JSON.stringify(answers) + (await page.content())
  // 32 characters in a row, as a token has them; ids have 25.
  expect(visible.match(/\b[0-9a-f]{32}\b/g)).toBeNull()
})

test('a message that does not fit the contract is refused', async () => {
  expect(await ask('deleteFlow', { connectionId: 'local', flowId: { $ne: '' } })).toMatchObject({
    ok: false,
    failure: { code: 'input/invalid' }
  })
  expect(await ask('readAppState', { more: true })).toMatchObject({
    ok: false,
    failure: { code: 'input/invalid' }
  })
})
