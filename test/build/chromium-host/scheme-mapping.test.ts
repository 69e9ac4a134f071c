import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fromWireUrl,
  originOf,
  toWirePolicy,
  toWireUrl
} from '../../../build/chromium-host/scheme-mapping.ts'

const schemes = new Set(['app'])

describe('the mapping of custom schemes', () => {
  test.each([
    ['app://bundle/index.html', 'https://bundle--app.electron-host.test/index.html'],
    ['app://bundle/a%20b.js?x=1&y=2#part', 'https://bundle--app.electron-host.test/a%20b.js?x=1&y=2#part'],
    ['app://bundle', 'https://bundle--app.electron-host.test/'],
    ['app://bundle?x', 'https://bundle--app.electron-host.test/?x'],
    ['app://a--b/', 'https://a--b--app.electron-host.test/'],
    ['APP://bundle/', 'https://bundle--app.electron-host.test/']
  ])('sends %s as %s', (url, wireUrl) => {
    expect(toWireUrl(url, schemes)).toBe(wireUrl)
  })

  test.each([
    'https://example.com/app://bundle',
    'http://localhost:5173/',
    'file:///etc/passwd',
    'other://bundle/',
    'about:blank',
    'app:///index.html'
  ])('leaves %s as it is, both ways', (url) => {
    expect(toWireUrl(url, schemes)).toBe(url)
    expect(fromWireUrl(url)).toBe(url)
  })

  test('comes back as it went', () => {
    const host = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)
    const path = fc.webPath().map((text) => text || '/')
    fc.assert(
      fc.property(host, path, fc.webQueryParameters(), (name, urlPath, query) => {
        const url = `app://${name}${urlPath}?${query}`
        expect(fromWireUrl(toWireUrl(url, schemes))).toBe(url)
      }),
      { seed: 3 }
    )
  })

  test('takes no other host for its own', () => {
    const url = 'https://bundle--app.electron-host.test.example.com/index.html'
    expect(fromWireUrl(url)).toBe(url)
    expect(fromWireUrl('https://example.com/https://bundle--app.electron-host.test/')).toContain(
      'example.com'
    )
  })

  test('knows the origin of a page', () => {
    expect(originOf('app://bundle/index.html?x#y')).toBe('app://bundle')
    expect(originOf('about:blank')).toBe('null')
  })
})

describe('the policy of a page', () => {
  test('names the wire origin where the app named its own', () => {
    expect(
      toWirePolicy("default-src 'none'; script-src 'self' app://bundle; img-src app: data:", schemes)
    ).toBe(
      "default-src 'none'; script-src 'self' https://bundle--app.electron-host.test; img-src https://*.electron-host.test data:"
    )
  })

  test('stays as it is without custom schemes, so that it is neither wider nor narrower', () => {
    const policy =
      "default-src 'none'; script-src 'self' blob: https://example.com/app: wss://x.example; report-uri /a"
    expect(toWirePolicy(policy, schemes)).toBe(policy)
  })
})
