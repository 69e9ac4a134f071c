import { describe, expect, test } from 'vitest'
import { FlowPulses, PULSE_SECONDS } from '../../../src/renderer/flows/flow-pulses.ts'

const NOW = 1_700_000_000_000
const subscribed = (subscriptionId: number, flowId: string, connectionId = 'local') =>
  ({
    kind: 'marker',
    marker: { kind: 'subscribed', subscriptionId, connectionId, flowId, path: `/local/${flowId}`, atMs: NOW }
  }) as const
const drops = (subscriptionId: number, ...elems: readonly object[]) =>
  ({
    kind: 'drops',
    subscriptionIds: elems.map(() => subscriptionId),
    receivedAtMs: elems.map(() => NOW),
    texts: elems.map((value) => JSON.stringify({ id: 'd1', elems: value }))
  }) as const

describe('live traffic of flows', () => {
  test('tells the first number of the last drop and the beginning of the drop', () => {
    const pulses = new FlowPulses()
    pulses.take(subscribed(1, 'f1'), NOW)
    pulses.take(drops(1, { room: 'attic', temp: 20 }, { room: 'attic', temp: 21.5, a: 1, b: 2, c: 3 }), NOW)
    const pulse = pulses.pulseOf('local', 'f1', NOW)
    expect(pulse).toMatchObject({
      receivedDrops: 2,
      lastAtMs: NOW,
      lastValue: { name: 'temp', text: '21.5' },
      lastDrop: 'room attic · temp 21.5 · a 1 · b 2'
    })
    expect(pulse?.perSecond).toBeGreaterThan(0)
  })

  test('tells the first element of a drop without numbers, and nothing of one that is too long', () => {
    const pulses = new FlowPulses()
    pulses.take(subscribed(1, 'f1'), NOW)
    pulses.take(drops(1, { state: 'open' }), NOW)
    expect(pulses.pulseOf('local', 'f1', NOW)?.lastValue).toEqual({ name: 'state', text: 'open' })
    pulses.take(drops(1, { long: 'x'.repeat(100_000) }), NOW)
    expect(pulses.pulseOf('local', 'f1', NOW)?.lastValue).toBeUndefined()
  })

  test('prefers a measure to a moment', () => {
    const pulses = new FlowPulses()
    pulses.take(subscribed(1, 'f1'), NOW)
    pulses.take(drops(1, { time: NOW, pressure: 1016.4 }), NOW)
    expect(pulses.pulseOf('local', 'f1', NOW)?.lastValue).toEqual({ name: 'pressure', text: '1016.4' })
  })

  test('counts the seconds of the last half minute', () => {
    const pulses = new FlowPulses()
    pulses.take(subscribed(1, 'f1'), NOW)
    pulses.take(drops(1, {}, {}), NOW)
    pulses.take(drops(1, {}), NOW + 2000)
    expect(pulses.pulseOf('local', 'f1', NOW + 3000)?.perSecondCounts.slice(-4)).toEqual([2, 0, 1, 0])
    const later = pulses.pulseOf('local', 'f1', NOW + 100_000)
    expect(later?.perSecondCounts).toEqual(Array.from({ length: PULSE_SECONDS }, () => 0))
    expect(later?.perSecond).toBe(0)
  })

  test('keeps flows of two connections apart, and forgets what is not followed any more', () => {
    const pulses = new FlowPulses()
    pulses.take(subscribed(1, 'f1'), NOW)
    pulses.take(subscribed(2, 'f1', 'other'), NOW)
    pulses.take(drops(2, { n: 1 }), NOW)
    expect(pulses.pulseOf('local', 'f1', NOW)?.receivedDrops).toBe(0)
    expect([...pulses.trafficOf('other', NOW)]).toMatchObject([['f1', { receivedDrops: 1 }]])
    pulses.take(
      { ...subscribed(2, 'f1'), marker: { ...subscribed(2, 'f1').marker, kind: 'unsubscribed' } },
      NOW
    )
    expect(pulses.pulseOf('other', 'f1', NOW)).toBeUndefined()
  })
})
