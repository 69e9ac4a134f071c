import { expect, test } from 'vitest'
import { success } from '../../../src/shared/result.ts'
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
      },
      saveFile: (name, content) => {
        done.push(`saved ${name}: ${typeof content === 'string' ? content : [...content].join(' ')}`)
        return Promise.resolve(isConfirmed ? success(`/chosen/${name}`) : undefined)
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

test('a text or a picture is written where the person says, or nowhere', async () => {
  const yes = setUp(true)
  const text = { name: 'counts.csv', content: { kind: 'text', text: 'a,b' } } as const
  expect(await yes.handlers.saveFile(text)).toEqual(success({ filePath: '/chosen/counts.csv' }))
  await yes.handlers.saveFile({ name: 'chart.png', content: { kind: 'png', base64: 'AQID' } })
  expect(yes.done).toEqual(['saved counts.csv: a,b', 'saved chart.png: 1 2 3'])
  expect(await setUp(false).handlers.saveFile(text)).toEqual(success(null))
})
