import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { DevToolsPipe } from '../../../build/chromium-host/devtools-pipe.ts'

function makePipe() {
  const toBrowser = new PassThrough()
  const fromBrowser = new PassThrough()
  return { pipe: new DevToolsPipe(toBrowser, fromBrowser), toBrowser, fromBrowser }
}

describe('the DevTools pipe', () => {
  test('reads messages however the bytes are cut', async () => {
    const { pipe, fromBrowser } = makePipe()
    const titles: string[] = []
    pipe.root.on('Target.targetInfoChanged', ({ targetInfo }) => titles.push(targetInfo.title))
    const messages = ['Zürich', '☃'.repeat(50), 'third'].map((title) =>
      JSON.stringify({ method: 'Target.targetInfoChanged', params: { targetInfo: { title } } })
    )
    const bytes = Buffer.from(`${messages.join('\0')}\0`)
    for (let start = 0; start < bytes.length; start += 7) fromBrowser.write(bytes.subarray(start, start + 7))
    await expect.poll(() => titles).toEqual(['Zürich', '☃'.repeat(50), 'third'])
  })

  test('gives each command its own answer, and a refusal its words', async () => {
    const { pipe, fromBrowser } = makePipe()
    const first = pipe.root.send('Browser.getVersion')
    const second = pipe.root.send('Target.closeTarget', { targetId: 'x' })
    fromBrowser.write(
      '{"id":2,"error":{"message":"No target"}}\0{"id":1,"result":{"product":"Chromium/1"}}\0'
    )
    await expect(second).rejects.toThrow('Target.closeTarget: No target')
    await expect(first).resolves.toEqual({ product: 'Chromium/1' })
  })

  test('sends events of a page to its session only', async () => {
    const { pipe, fromBrowser } = makePipe()
    const seen: string[] = []
    for (const id of ['a', 'b']) pipe.session(id).on('Page.loadEventFired', () => seen.push(id))
    fromBrowser.write('{"sessionId":"b","method":"Page.loadEventFired","params":{}}\0')
    await expect.poll(() => seen).toEqual(['b'])
  })

  test('rejects what is open and what comes later when the browser is gone', async () => {
    const { pipe, fromBrowser } = makePipe()
    const open = pipe.root.send('Browser.getVersion')
    fromBrowser.destroy()
    await expect(open).rejects.toThrow('the browser is gone')
    await pipe.closed
    await expect(pipe.root.send('Browser.getVersion')).rejects.toThrow('the browser is gone')
  })
})
