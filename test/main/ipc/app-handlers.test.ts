import { expect, test } from 'vitest'
import { appHandlers } from '../../../src/main/ipc/app-handlers.ts'

function setUp(isConfirmed: boolean) {
  const done: string[] = []
  const handlers = appHandlers({
    readAppState: () => {
      throw new Error('not asked for')
    },
    onPainted: (what) => done.push(`painted ${what}`),
    desktop: {
      writeClipboard: (text) => done.push(`copied ${text}`),
      confirmOpen: (url) => {
        done.push(`asked ${url}`)
        return Promise.resolve(isConfirmed)
      },
      openInBrowser: (url) => {
        done.push(`opened ${url}`)
        return Promise.resolve()
      }
    }
  })
  return { handlers, done }
}

test('a link is opened only after the person said so', async () => {
  const yes = setUp(true)
  expect(await yes.handlers.openExternalLink({ url: 'https://example.org/a' })).toEqual({
    ok: true,
    value: { wasOpened: true }
  })
  expect(yes.done).toEqual(['asked https://example.org/a', 'opened https://example.org/a'])
  const no = setUp(false)
  expect(await no.handlers.openExternalLink({ url: 'https://example.org/a' })).toEqual({
    ok: true,
    value: { wasOpened: false }
  })
  expect(no.done).toEqual(['asked https://example.org/a'])
})

test.each([
  'http://example.org/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://host/x',
  'example.org',
  ''
])('nothing but https is even asked about: %s', async (url) => {
  const { handlers, done } = setUp(true)
  expect(await handlers.openExternalLink({ url })).toMatchObject({
    ok: false,
    failure: { code: 'input/invalid' }
  })
  expect(done).toEqual([])
})
