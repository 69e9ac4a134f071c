import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  closeHostApp,
  launchHostApp,
  makeUserData,
  runHost,
  HOST_APP,
  type RunningHostApp
} from '../support/host-app.ts'

/** The fixture app, run on the host by Playwright, as the end-to-end tests run the real one. */
let running: RunningHostApp

beforeAll(async () => {
  running = await launchHostApp()
})

afterAll(async () => {
  await closeHostApp(running)
})

const seen = () => running.app.evaluate(() => globalThis.seen)

describe('requests and messages', () => {
  test('a request has its answer, with values that JSON does not know', async () => {
    const answer = await running.page.evaluate(async () => {
      const echoed = (await host.echo({ when: new Date(5), big: 2n ** 64n, map: new Map([['k', -0]]) })) as {
        when: Date
        big: bigint
        map: Map<string, number>
      }
      return [echoed.when.getTime(), String(echoed.big), Object.is(echoed.map.get('k'), -0)]
    })
    expect(answer).toEqual([5, '18446744073709551616', true])
  })

  test("a request that fails says so, in main's own words", async () => {
    const message = await running.page.evaluate(() => host.fail().catch(String))
    expect(message).toBe("Error: Error invoking remote method 'fail': TypeError: main says no")
  })

  test('what main pushes arrives in order', async () => {
    const pushed = await running.page.evaluate(async () => {
      const received: number[] = []
      const stop = host.onPushed((index) => received.push(index))
      await host.push(5000)
      stop()
      return received
    })
    expect(pushed).toEqual(Array.from({ length: 5000 }, (_, index) => index))
  })

  test('a port keeps the order both ways, from before its transfer on', async () => {
    const COUNT = 4000
    const [toPage, toMain] = await running.page.evaluate(
      (count) =>
        new Promise<[number[], number[]]>((resolve) => {
          addEventListener('message', (event: MessageEvent<{ kind?: string }>) => {
            if (event.data.kind !== 'port') return
            const [port] = event.ports
            const received: number[] = []
            port!.onmessage = ({ data }: MessageEvent<{ index: number; received?: number[] }>) => {
              if (data.received) {
                port!.close()
                resolve([received, data.received])
              } else if (received.push(data.index) === count) {
                for (let index = 0; index < count; index++) port!.postMessage(index)
                port!.postMessage('all sent')
              }
            }
          })
          host.openPort(count)
        }),
      COUNT
    )
    const inOrder = Array.from({ length: COUNT }, (_, index) => index)
    expect(toPage).toEqual(inOrder)
    expect(toMain).toEqual(inOrder)
    await expect.poll(async () => (await seen()).portClosed).toBe(true)
  })

  test('a port of a worker is served while the page is busy', async () => {
    const [before, after] = await running.page.evaluate(async () => {
      const worker = new Worker('worker.js', { type: 'module' })
      const ticks = (): Promise<number> =>
        new Promise((resolve) => {
          worker.onmessage = ({ data }: MessageEvent<number>) => {
            resolve(data)
          }
          worker.postMessage('ticks')
        })
      const handedOver = new Promise<void>((resolve) => {
        addEventListener('message', function take({ data, ports: [port] }) {
          if ((data as { message?: unknown }).message !== 'ticker' || port === undefined) return
          removeEventListener('message', take)
          worker.postMessage(null, [port])
          resolve()
        })
      })
      host.openTicker()
      await handedOver
      while ((await ticks()) === 0);
      const ticksBefore = await ticks()
      const endMs = performance.now() + 500
      while (performance.now() < endMs);
      const ticksAfter = await ticks()
      worker.terminate()
      return [ticksBefore, ticksAfter]
    })
    // Through the page's own thread none would come, but what was on its way.
    expect((after ?? 0) - (before ?? 0)).toBeGreaterThan(5)
  })

  test('a page whose policy allows no pump has its ports all the same', async () => {
    const other = await launchHostApp({ HOST_APP_WORKERS: 'app://bundle/worker.js' })
    const received = await receiveHundred(other.page)
    await closeHostApp(other)
    expect(received).toEqual(hundred)
  })

  test('a page that is loaded again has a pump of its own', async () => {
    const { page } = running
    await page.reload()
    await page.getByText('worker says READY').waitFor()
    expect(await receiveHundred(page)).toEqual(hundred)
  })

  test('a port that the page opens reaches main', async () => {
    const answer = await running.page.evaluate(
      () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = (event) => {
            resolve(event.data)
          }
          postMessage('take this port', '*', [port2])
          port1.postMessage({ drop: 1 })
        })
    )
    expect(answer).toEqual({ back: { drop: 1 } })
  })

  test('a utility process answers, prints, and ends when it is told to', async () => {
    const { answer, code, output } = (await running.page.evaluate(() =>
      host.askUtility({ x: 1n })
    )) as Record<string, unknown>
    expect({ answer, code, output }).toEqual({
      answer: { got: { x: 1n } },
      code: 15,
      output: 'utility utility argument'
    })
  })
})

describe('the page is kept in its place', () => {
  test('it is not navigated elsewhere', async () => {
    await running.page.evaluate(() => (location.href = 'https://example.com/away'))
    await expect.poll(async () => (await seen()).navigations).toContain('https://example.com/away')
    expect(
      await running.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getURL()
      )
    ).toBe('app://bundle/index.html')
    expect(await running.page.evaluate(() => host.echo('still here'))).toBe('still here')
  })

  test('it opens no window, by script or by link', async () => {
    await running.page.evaluate(() => {
      window.open('https://example.com/script')
      const link = Object.assign(document.createElement('a'), {
        href: 'https://example.com/link',
        target: '_blank',
        rel: 'noopener',
        textContent: 'a link'
      })
      document.body.append(link)
    })
    await running.page.getByText('a link').click()
    const wanted = ['https://example.com/script', 'https://example.com/link']
    await expect.poll(async () => (await seen()).popups).toEqual(wanted)
    await expect.poll(() => running.app.windows().length).toBe(1)
  })

  test('it is granted no permission', async () => {
    const states = await running.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'clipboard-read'] as PermissionName[]
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
    })
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied'])
  })

  test('it is held to the policy of the app, and main hears of violations', async () => {
    const violated = await running.page.evaluate(async () => {
      const directives: string[] = []
      document.addEventListener('securitypolicyviolation', (event) =>
        directives.push(event.effectiveDirective)
      )
      document.head.append(
        Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' })
      )
      await fetch('https://example.com/').catch(() => {})
      await new Promise((resolve) => setTimeout(resolve))
      return [...directives, 'ran' in globalThis]
    })
    expect(violated).toEqual(['script-src-elem', 'connect-src', false])
    await expect
      .poll(async () => (await seen()).consoleMessages.map(({ level, message }) => `${level}: ${message}`))
      .toContainEqual(expect.stringMatching(/^error: .*Content Security Policy/))
  })
})

describe('the window', () => {
  test('has the size that was asked for, and tells of changes', async () => {
    const { page, app } = running
    const size = () => page.evaluate(() => [innerWidth, innerHeight])
    expect(await size()).toEqual([900, 640])
    const states = await app.evaluate(async ({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0]
      const heard: unknown[] = []
      window?.once('maximize', () => heard.push('maximize'))
      window?.maximize()
      await new Promise((resolve) => window?.once('maximize', () => resolve(undefined)))
      heard.push(window?.isMaximized(), window?.getNormalBounds().width)
      window?.unmaximize()
      await new Promise((resolve) => window?.once('unmaximize', () => resolve(undefined)))
      window?.setBounds({ width: 1200, height: 800 })
      await new Promise((resolve) => window?.once('resized', () => resolve(undefined)))
      return [...heard, window?.getBounds().width]
    })
    expect(states).toEqual(['maximize', true, 900, 1200])
    await expect.poll(size).toEqual([1200, 800])
  })

  test('is pictured as it is painted', async () => {
    const { page, app } = running
    await page.evaluate(() => (document.body.style.background = 'rgb(10, 200, 30)'))
    const dataUrl = await app.evaluate(async ({ BrowserWindow }) =>
      (await BrowserWindow.getAllWindows()[0]?.webContents.capturePage())?.toDataURL()
    )
    const corner = await page.evaluate(async (url) => {
      const bytes = Uint8Array.from(atob(url.split(',')[1] ?? ''), (character) => character.charCodeAt(0))
      const image = await createImageBitmap(new Blob([bytes]))
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
      context?.drawImage(image, 0, 0)
      return [...(context?.getImageData(image.width - 2, image.height - 2, 1, 1).data ?? [])]
    }, dataUrl ?? '')
    expect(corner).toEqual([10, 200, 30, 255])
  })

  test('hears the accelerators of the menu, unless the page takes the key', async () => {
    const { page } = running
    const before = (await seen()).menuClicks
    await page.keyboard.press('Control+Shift+Y')
    await expect.poll(async () => (await seen()).menuClicks).toBe(before + 1)
    await page.evaluate(() => {
      addEventListener('keydown', (event) => {
        event.preventDefault()
      })
    })
    await page.keyboard.press('Control+Shift+Y')
    // A request behind the key: had the key been sent, it would have arrived first.
    await page.evaluate(() => host.echo(1))
    expect((await seen()).menuClicks).toBe(before + 1)
  })

  test('keeps working after a reload and after a crash', async () => {
    const { app } = running
    const load = (verb: 'reload' | 'crash') =>
      app.evaluate(async ({ BrowserWindow }, how) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents
        const loaded = new Promise((resolve) => contents?.once('did-finish-load', () => resolve(undefined)))
        contents?.once('render-process-gone', () => {
          contents.reload()
        })
        if (how === 'reload') contents?.reload()
        else contents?.loadURL('chrome://crash').catch(() => {})
        await loaded
        return (await contents?.executeJavaScript('host.echo("answered")')) as unknown
      }, verb)
    expect(await load('reload')).toBe('answered')
    expect(await load('crash')).toBe('answered')
  })
})

describe('the module electron', () => {
  test('says what it does not have, by name', async () => {
    const messages = await running.app.evaluate(({ app, Tray, dialog }) => {
      const uses: (() => unknown)[] = [
        () => {
          app.relaunch()
        },
        () => new Tray(''),
        () => dialog.showMessageBoxSync({ message: '' })
      ]
      return uses.map((use) => {
        try {
          use()
          return 'no error'
        } catch (error) {
          return /electron\.([\w.]+)\. /.exec(String(error))?.[1]
        }
      })
    })
    expect(messages).toEqual(['app.relaunch', 'Tray', 'dialog.showMessageBoxSync'])
  })

  test('gives a second copy of the app to the first', async () => {
    const second = runHost([HOST_APP, `--user-data-dir=${running.userData}`, 'open', 'this'])
    expect(await second.ended).toMatchObject({ code: 0 })
    expect(second.output()).toContain('second instance')
    await expect
      .poll(async () => (await seen()).secondInstances)
      .toMatchObject([
        {
          argv: [HOST_APP, `--user-data-dir=${running.userData}`, 'open', 'this'],
          data: { from: 'host-app' }
        }
      ])
  })

  test('lets two copies run that have data folders of their own', async () => {
    const other = await launchHostApp({}, makeUserData())
    expect(await other.page.evaluate(() => host.echo(1))).toBe(1)
    await closeHostApp(other)
  })
})

const hundred = Array.from({ length: 100 }, (_, index) => index)

/** What the page receives on a port on which main sends a hundred messages. */
const receiveHundred = (page: Page): Promise<number[]> =>
  page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        addEventListener('message', ({ data, ports: [port] }: MessageEvent<{ kind?: string }>) => {
          if (data.kind !== 'port' || port === undefined) return
          const indexes: number[] = []
          port.onmessage = ({ data: message }: MessageEvent<{ index: number }>) => {
            if (indexes.push(message.index) === 100) resolve(indexes)
          }
        })
        host.openPort(100)
      })
  )
