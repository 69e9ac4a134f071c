import { beforeEach, describe, expect, test, vi } from 'vitest'
import { makePageBridge, type PageBridge } from '../../../build/chromium-host/page-bridge.ts'

/** Both halves in one world: what crosses is the same; what keeps the worlds apart is tested on Chromium. */
let inPage: PageBridge
let inPreload: PageBridge
let exposed: unknown

beforeEach(() => {
  vi.stubGlobal('document', new EventTarget())
  inPage = makePageBridge('secret', ':page', ':preload')
  inPreload = makePageBridge('secret', ':preload', ':page')
  inPage.onExpose = (_key, api) => {
    exposed = inPage.unpack(api, true)
    inPage.reply({ ok: true, value: { isClone: true, value: undefined } })
  }
})

const expose = (api: unknown): never => {
  inPreload.ask({ kind: 'expose', key: 'api', api: inPreload.pack(api) })
  return exposed as never
}

describe('the bridge between the worlds', () => {
  test('calls a function of the other world, with its parameters and its answer', () => {
    const api: { add(a: number, b: number): number } = expose({ add: (a: number, b: number) => a + b })
    expect(api.add(2, 3)).toBe(5)
  })

  test('hands a callback over and calls it back', () => {
    const heard: unknown[] = []
    let listener: ((value: unknown) => void) | undefined
    const api: { listen(f: (value: unknown) => void): () => void } = expose({
      listen: (f: (value: unknown) => void) => {
        listener = f
        return () => (listener = undefined)
      }
    })
    const stop = api.listen((value) => heard.push(value))
    listener?.({ index: 1 })
    stop()
    expect(heard).toEqual([{ index: 1 }])
    expect(listener).toBeUndefined()
  })

  test('resolves and rejects promises', async () => {
    const api: { good(): Promise<unknown>; bad(): Promise<unknown> } = expose({
      good: () => Promise.resolve({ when: new Date(1) }),
      bad: () => Promise.reject(new Error('not today'))
    })
    await expect(api.good()).resolves.toEqual({ when: new Date(1) })
    await expect(api.bad()).rejects.toThrow('not today')
  })

  test('throws what the other world throws, by its message', () => {
    const api: { fail(): void } = expose({
      fail: () => {
        throw new TypeError('no such thing')
      }
    })
    expect(() => {
      api.fail()
    }).toThrow('no such thing')
  })

  test('freezes what is exposed, all the way down', () => {
    const api: { inner: { list: number[] } } = expose({ inner: { list: [1] } })
    expect(() => api.inner.list.push(2)).toThrow()
    expect(Object.isFrozen(api.inner)).toBe(true)
  })

  test('shares no object: the other world has a copy', () => {
    const original = { list: [1] }
    const api: { list: number[] } = expose(original)
    original.list.push(2)
    expect(api.list).toEqual([1])
  })

  test('refuses what cannot cross', () => {
    expect(() => inPreload.pack({ symbol: Symbol('s') })).toThrow('An object could not be cloned.')
    const endless: Record<string, unknown> = { f: () => 1 }
    endless['self'] = endless
    expect(() => inPreload.pack(endless)).toThrow('nested this deep')
  })
})
