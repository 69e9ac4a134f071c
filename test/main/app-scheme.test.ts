import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTENT_SECURITY_POLICY, createAppSchemeHandler, isOwnPage } from '../../src/main/app-scheme.ts'

let directory: string
let handle: (request: Request) => Promise<Response>

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-scheme-'))
  mkdirSync(join(directory, 'renderer', 'assets'), { recursive: true })
  mkdirSync(join(directory, 'renderer-of-another'))
  writeFileSync(join(directory, 'secret.json'), '{}')
  writeFileSync(join(directory, 'renderer-of-another', 'index.html'), 'no')
  writeFileSync(join(directory, 'renderer', 'index.html'), '<h1>page</h1>')
  writeFileSync(join(directory, 'renderer', 'assets', 'a b.js'), 'export {}')
  writeFileSync(join(directory, 'renderer', 'notes.txt'), 'not part of a window')
  handle = createAppSchemeHandler(join(directory, 'renderer'))
})
afterAll(() => {
  rmSync(directory, { recursive: true })
})

const get = (url: string, method = 'GET') => handle(new Request(url, { method }))

test('serves the files of the window with their types and the policy', async () => {
  const page = await get('app://flowscope/index.html?x#y')
  expect(await page.text()).toBe('<h1>page</h1>')
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff'
  })
  const script = await get('app://flowscope/assets/a%20b.js')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect((await get('app://flowscope/')).status).toBe(200)
  expect(await (await get('app://flowscope/index.html', 'HEAD')).text()).toBe('')
})

test.each([
  'app://flowscope/../secret.json',
  'app://flowscope/%2e%2e/secret.json',
  'app://flowscope/..%2fsecret.json',
  'app://flowscope/%2e%2e%2fsecret.json',
  'app://flowscope/assets/..%2f..%2fsecret.json',
  'app://flowscope/..%5csecret.json',
  'app://flowscope/..%2frenderer-of-another/index.html',
  'app://flowscope//etc/passwd.json',
  'app://flowscope/index.html%00.js',
  'app://flowscope/%E0%A4%A.js',
  'app://elsewhere/index.html',
  'http://flowscope/index.html',
  'app://flowscope/notes.txt',
  'app://flowscope/assets',
  'app://flowscope/missing.js'
])('serves nothing for %s, and says so under the same policy', async (url) => {
  const answer = await get(url)
  expect(answer.status).toBe(404)
  expect(await answer.text()).toBe('Not found')
  expect(answer.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
})

test('takes no other method', async () => {
  expect((await get('app://flowscope/index.html', 'POST')).status).toBe(405)
})

test('the policy allows no inline script, no eval, no connection and no other origin', () => {
  const directives = Object.fromEntries(
    CONTENT_SECURITY_POLICY.split('; ').map((directive) => {
      const [name, ...sources] = directive.split(' ')
      return [name, sources.join(' ')]
    })
  )
  expect(directives).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'font-src': "'self'",
    'img-src': "'self' data:",
    'worker-src': "'self'",
    'connect-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'"
  })
})

test('own pages are those of the scheme, and of the development server when there is one', () => {
  const development = 'http://localhost:5173/'
  expect(
    [
      'app://flowscope/index.html',
      'http://localhost:5173/x',
      'http://localhost:5174/',
      'app://flowscope.evil/index.html',
      'https://flowscope/',
      'about:blank',
      ''
    ].map((url) => [isOwnPage(url, undefined), isOwnPage(url, development)])
  ).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [false, false],
    [false, false],
    [false, false],
    [false, false]
  ])
})
