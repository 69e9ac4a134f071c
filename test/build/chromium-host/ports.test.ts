import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { MessageChannelMain, PagePorts, type MessagePortMain } from '../../../build/chromium-host/ports.ts'

/** A page that notes what is posted to it. */
function makePage() {
  const posted: { kind: string; portId: string; value?: unknown }[] = []
  const ports = new PagePorts((head, valueText) => {
    const value =
      valueText === undefined ? {} : { value: (JSON.parse(valueText) as { plain: unknown }).plain }
    posted.push({ ...head, ...value })
  })
  const take = (port: MessagePortMain): string => {
    const { portIds, move } = ports.take([port])
    move()
    ports.routed(portIds[0] ?? '', false)
    return portIds[0] ?? ''
  }
  return { ports, posted, take }
}

const read = async (port: MessagePortMain, count: number): Promise<unknown[]> => {
  const received: unknown[] = []
  const all = Promise.withResolvers<undefined>()
  port.on('message', ({ data }: { data: unknown }) => {
    if (received.push(data) === count) all.resolve(undefined)
  })
  port.start()
  await all.promise
  return received
}

const numbers = Array.from({ length: 50 }, (_, index) => index)

describe('ports of the main process', () => {
  test('keep messages until they are started, and their order', async () => {
    const { port1, port2 } = new MessageChannelMain()
    for (const number of numbers) port1.postMessage(number)
    expect(await read(port2, numbers.length)).toEqual(numbers)
  })

  test('keep the order of what was sent before and after the transfer to a page', () => {
    const { port1, port2 } = new MessageChannelMain()
    const page = makePage()
    for (const number of numbers.slice(0, 25)) port1.postMessage(number)
    const portId = page.take(port2)
    for (const number of numbers.slice(25)) port1.postMessage(number)
    expect(page.posted).toEqual(numbers.map((value) => ({ kind: 'port-message', portId, value })))
  })

  test('receive from a page in order', async () => {
    const { port1, port2 } = new MessageChannelMain()
    const page = makePage()
    const portId = page.take(port2)
    for (const number of numbers) page.ports.received(portId, { plain: number })
    expect(await read(port1, numbers.length)).toEqual(numbers)
  })

  test('join a port that a page opened', async () => {
    const page = makePage()
    const port = page.ports.open('page-1')
    page.ports.routed('page-1', false)
    port.postMessage({ hello: 1 })
    expect(page.posted).toEqual([{ kind: 'port-message', portId: 'page-1', value: { hello: 1 } }])
    page.ports.received('page-1', { plain: 'back' })
    expect(await read(port, 1)).toEqual(['back'])
  })

  test('wait until the page says where it holds them, then go there', () => {
    const routes: [string, boolean][] = []
    const ports = new PagePorts(({ kind }, _text, isPumped) => {
      routes.push([kind, isPumped])
    })
    const { port1, port2 } = new MessageChannelMain()
    const { portIds, move } = ports.take([port2])
    move()
    port1.postMessage(1)
    port1.close()
    expect(routes).toEqual([])
    ports.routed(portIds[0] ?? '', true)
    expect(routes).toEqual([
      ['port-message', true],
      ['port-closed', true]
    ])
  })

  test('tell the page when they close, once', () => {
    const { port1, port2 } = new MessageChannelMain()
    const page = makePage()
    const portId = page.take(port2)
    port1.close()
    port1.close()
    port1.postMessage('too late')
    expect(page.posted).toEqual([{ kind: 'port-closed', portId }])
  })

  test('hear that the page is gone, behind the last message', async () => {
    const { port1, port2 } = new MessageChannelMain()
    const page = makePage()
    const heard: unknown[] = []
    port1.on('message', ({ data }: { data: unknown }) => heard.push(data))
    port1.start()
    const closed = once(port1, 'close')
    page.ports.received(page.take(port2), { plain: 'last' })
    page.ports.closeAll()
    await closed
    expect(heard).toEqual(['last'])
  })

  test('cannot be transferred twice', () => {
    const { port2 } = new MessageChannelMain()
    const page = makePage()
    page.take(port2)
    expect(() => page.take(port2)).toThrow('transferred before')
  })
})
