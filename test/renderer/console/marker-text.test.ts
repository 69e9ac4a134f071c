import { expect, test } from 'vitest'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import { describeMarker } from '../../../src/renderer/console/marker-text.ts'

const OSLO = { subscriptionId: 1, connectionId: 'c1', flowId: 'f1', path: '/a/weather/oslo', atMs: 1 }
const gap = (over: Partial<Extract<LiveMarker, { kind: 'gap' }>>): LiveMarker => ({
  kind: 'gap',
  ...OSLO,
  cause: 'connection-lost',
  downMs: 1250,
  filledDrops: 12,
  missedDrops: 0,
  ...over
})

test.each<[LiveMarker, string, string]>([
  [gap({}), 'ok', 'oslo: connection was down for 1.3 s · 12 drops filled from history · none missing'],
  [
    gap({ cause: 'joined', missedDrops: 3 }),
    'warn',
    'oslo: followed after its first drops · 12 drops filled from history · 3 drops missing'
  ],
  [
    gap({ cause: 'skipped', missedDrops: 'unknown' }),
    'warn',
    'oslo: the platform skipped drops · 12 drops filled from history · how many are missing is unknown'
  ],
  [
    { kind: 'renamed', ...OSLO, previousPath: '/a/oslo' },
    'quiet',
    '/a/oslo was renamed to /a/weather/oslo and is still followed'
  ]
])('a marker says what happened and why: %#', (marker, tone, text) => {
  expect(describeMarker(marker, undefined)).toEqual({ tone, text })
})
