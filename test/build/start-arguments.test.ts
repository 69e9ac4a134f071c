import { expect, test } from 'vitest'
import { withAbsolutePaths } from '../../build/start-arguments.mjs'

test('paths are meant from the folder where the person stands; the rest is left alone', () => {
  const given = [
    '--screenshot',
    'out.png',
    '--profile=my profile',
    '--window-size',
    '800x600',
    '--profile',
    '/abs'
  ]
  expect(withAbsolutePaths(given, '/home/me')).toEqual([
    '--screenshot',
    '/home/me/out.png',
    '--profile=/home/me/my profile',
    '--window-size',
    '800x600',
    '--profile',
    '/abs'
  ])
})
