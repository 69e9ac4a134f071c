import { expect, test } from 'vitest'
import { parseCommandLine } from '../../src/main/command-line.ts'

const parse = (...argv: string[]) => parseCommandLine(argv, '/home/ana')

test('reads the flags in both forms, against the working directory, and leaves all others alone', () => {
  expect(
    parse('/app', '--profile', 'p', '--no-sandbox', '--screenshot=/tmp/a b.png', '--window-size', '1200x800')
  ).toEqual({
    ok: true,
    value: {
      profileDirectory: '/home/ana/p',
      screenshotFile: '/tmp/a b.png',
      windowSize: { width: 1200, height: 800 }
    }
  })
  expect(parse('--window-size=1200,800')).toMatchObject({
    value: { windowSize: { width: 1200, height: 800 } }
  })
  expect(parse()).toEqual({
    ok: true,
    value: { profileDirectory: undefined, screenshotFile: undefined, windowSize: undefined }
  })
})

test('the last of several wins', () => {
  expect(parse('--profile', 'a', '--profile=b')).toMatchObject({ value: { profileDirectory: '/home/ana/b' } })
})

test.each([
  ['--profile'],
  ['--profile', '--screenshot'],
  ['--profile='],
  ['--window-size', '0x10'],
  ['--window-size=big']
])('a flag that cannot be meant is one sentence that names it: %s %s', (...argv) => {
  const result = parse(...argv)
  expect(result.ok ? '' : result.message).toMatch(/^--(profile|window-size) .+\.$/)
})
