import { expect, test } from 'vitest'
import { SeriesColours } from '../../../src/renderer/console/series-colours.ts'

test('flows that change places keep their colours', () => {
  const colours = new SeriesColours()
  const [a, b] = [colours.colourOf('/a'), colours.colourOf('/b')]
  colours.move([
    { from: '/a', to: '/b' },
    { from: '/b', to: '/a' }
  ])
  expect([colours.colourOf('/a'), colours.colourOf('/b')]).toEqual([b, a])
})
