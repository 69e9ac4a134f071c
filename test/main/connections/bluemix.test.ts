import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parseVcapServices } from '../../../src/main/connections/bluemix.ts'
import { valueOf } from '../../support/value-of.ts'

const SECRET = 'Q7wZ0pLmR4sT9xVbN2cKdH5jF8gYaE1u'

describe('credentials in VCAP_SERVICES', () => {
  test('are those of every instance, in their order, with the instance’s name', () => {
    const text = JSON.stringify({
      'other-service': [{ credentials: { account: 'x', token: 'y' } }],
      flowthings: [
        { name: 'attic', credentials: { account: 'ana', token: SECRET, more: 1 } },
        { credentials: { account: 'ana' } },
        { credentials: { account: 'ben', token: 'b' } }
      ]
    })
    expect(valueOf(parseVcapServices(text))).toEqual([
      { name: 'attic', account: 'ana', apiToken: SECRET },
      { account: 'ben', apiToken: 'b' }
    ])
  })

  test.each([
    ['no JSON', `{"flowthings": [{"credentials": {"token": "${SECRET}" oops`],
    ['null', 'null'],
    ['an empty text', ''],
    ['another service only', `{"other": [{"credentials": {"account": "ana", "token": "${SECRET}"}}]}`],
    [
      'an object instead of a list',
      `{"flowthings": {"credentials": {"account": "ana", "token": "${SECRET}"}}}`
    ],
    ['no instance', '{"flowthings": []}'],
    ['no account', `{"flowthings": [{"credentials": {"token": "${SECRET}"}}, null, 1]}`],
    ['a token that is no text', '{"flowthings": [{"credentials": {"account": "ana", "token": 1}}]}']
  ])('that are missing are a failure that quotes nothing: %s', (_, text) => {
    const parsed = parseVcapServices(text)
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
    expect(inspect(parsed, { depth: 9 })).not.toContain(SECRET.slice(0, 8))
  })
})
