import { describe, expect, test } from 'vitest'
import { CONNECTION_DEFAULTS, EMPTY_PROFILE } from '../../../src/shared/model/connection-profile.ts'
import type { ConnectionDefaults, ConnectionProfile } from '../../../src/shared/model/connection-profile.ts'
import { checkProfile, resolveProfile, tokenProblem } from '../../../src/shared/model/profile-check.ts'

const profile = (over: Partial<ConnectionProfile> = {}): ConnectionProfile => ({
  ...EMPTY_PROFILE,
  name: 'Plant',
  account: 'ana',
  host: 'flows.example.org',
  ...over
})
const defaults = (over: Partial<ConnectionDefaults> = {}): ConnectionDefaults => ({
  ...CONNECTION_DEFAULTS,
  ...over
})
const check = (over: Partial<ConnectionProfile>, byDefault: Partial<ConnectionDefaults> = {}) =>
  checkProfile(profile(over), defaults(byDefault)).map(({ member, severity }) => [member, severity])

describe('what a profile leaves open', () => {
  test('comes from the defaults', () => {
    const byDefault = defaults({
      host: 'API.example.org',
      liveHost: 'ws.example.org:81',
      version: '0.1',
      isSecure: false,
      verifyCertificate: false,
      concurrency: 3
    })
    expect(resolveProfile(profile({ host: ' ' }), byDefault)).toEqual({
      account: 'ana',
      host: 'api.example.org',
      liveHost: 'ws.example.org:81',
      version: '0.1',
      isSecure: false,
      verifyCertificate: false,
      parameters: [],
      concurrency: 3
    })
  })

  test('what it says itself wins, and its live drops come from its own server', () => {
    const own = profile({ host: ' own.example.org:8080 ', version: '4.1', isSecure: true })
    expect(
      resolveProfile(own, defaults({ host: 'a.org', liveHost: 'ws.a.org', isSecure: false }))
    ).toMatchObject({
      host: 'own.example.org:8080',
      liveHost: 'own.example.org:8080',
      version: '4.1',
      isSecure: true
    })
  })

  test('parameters unite, and of two with one name the profile’s counts', () => {
    const resolved = resolveProfile(
      profile({ parameters: [{ name: 'hints', value: '1' }] }),
      defaults({
        parameters: [
          { name: 'hints', value: '0' },
          { name: 'trace', value: 'a' }
        ]
      })
    )
    expect(resolved.parameters).toEqual([
      { name: 'trace', value: 'a' },
      { name: 'hints', value: '1' }
    ])
  })
})

describe('what is wrong', () => {
  test.each<[string, Partial<ConnectionProfile>, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['no account', { account: '' }, 'account'],
    ['an account that would end a header', { account: 'ana\r\nX-Auth-Token: x' }, 'account'],
    ['an account that would be another path', { account: '../ben' }, 'account'],
    ['an account outside ASCII', { account: 'änne' }, 'account'],
    ['an account that is already encoded', { account: 'ana%2fben' }, 'account'],
    ['no server', { host: '' }, 'host'],
    ['a server with a scheme', { host: 'http://flows.example.org' }, 'host'],
    ['a live server with a path', { liveHost: 'ws.example.org/session' }, 'liveHost'],
    ['a version that would be another path', { version: '4/../x' }, 'version'],
    ['a parameter that is a secret', { parameters: [{ name: 'Token', value: 'x' }] }, 'parameters'],
    ['a parameter without a name', { parameters: [{ name: '', value: '1' }] }, 'parameters'],
    [
      'a parameter twice',
      {
        parameters: [
          { name: 'a', value: '1' },
          { name: 'a ', value: '2' }
        ]
      },
      'parameters'
    ]
  ])('%s is an error', (_words, over, member) => {
    expect(check(over)).toEqual([[member, 'error']])
  })

  test('a complete profile has nothing to tell', () => {
    expect(check({})).toEqual([])
    expect(check({ host: '' }, { host: 'flows.example.org' })).toEqual([])
  })
})

test('a token is one word of ASCII, whatever came with the paste', () => {
  expect(tokenProblem(' a1B2!\n')).toBeUndefined()
  for (const wrong of ['', '  ', 'a b', 'a\r\nX: y', 'tökén', 'a\0b'])
    expect(tokenProblem(wrong)).toContain('A token')
})

describe('what is risky', () => {
  test('a token that leaves this machine without TLS is a warning', () => {
    expect(check({ isSecure: false })).toEqual([['isSecure', 'warning']])
    expect(check({ host: '127.0.0.1:80', isSecure: false })).toEqual([])
    expect(check({ host: '127.0.0.1:80', liveHost: 'far.example.org', isSecure: false })).toEqual([
      ['isSecure', 'warning']
    ])
  })

  test('any certificate is a warning, and no matter without TLS', () => {
    expect(check({ verifyCertificate: false })).toEqual([['verifyCertificate', 'warning']])
    expect(check({ host: 'localhost', isSecure: false, verifyCertificate: false })).toEqual([])
  })
})
