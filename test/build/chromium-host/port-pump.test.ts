import { describe, expect, test } from 'vitest'
import { PortPumps } from '../../../build/chromium-host/port-pump.ts'

const pumps = (): PortPumps => new PortPumps('secret')
const POLL = 'app://bundle/secret/port-messages'

/** Asks as the pump of a page does. */
const ask = (of: PortPumps, pumpId: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve) => {
    of.answer(POLL, { 'pump-id': pumpId }, resolve)
  })

describe('the port pump of a page', () => {
  test('gets what was posted before and after it asked, in order, each once', async () => {
    const all = pumps()
    const pump = all.open('one')
    pump.post('1')
    pump.post('2')
    expect((await ask(all, 'one')).body).toBe('[1,2]')
    const later = ask(all, 'one')
    pump.post('3')
    pump.post('4')
    expect((await later).body).toBe('[3,4]')
  })

  test('gets a bounded answer, and the rest when it asks again', async () => {
    const all = pumps()
    const pump = all.open('one')
    const large = JSON.stringify('x'.repeat(700_000))
    pump.post(large)
    pump.post(large)
    expect((await ask(all, 'one')).body).toHaveLength(large.length + 2)
    expect((await ask(all, 'one')).body).toHaveLength(large.length + 2)
  })

  test('may ask before its page has told of it', async () => {
    const all = pumps()
    const early = ask(all, 'one')
    all.open('one').post('1')
    expect((await early).body).toBe('[1]')
  })

  test('gets nothing of a page that was left, and of many who ask for nothing the first is refused', async () => {
    const all = pumps()
    all.open('one').post('1')
    all.close('one')
    const asked = ask(all, 'one')
    for (let count = 0; count < 8; count++) void ask(all, `other ${String(count)}`)
    expect(await asked).toMatchObject({ status: 404, body: '' })
  })

  test('leaves every other path to the app', () => {
    expect(pumps().answer('app://bundle/index.html', {}, () => {})).toBe(false)
  })
})
