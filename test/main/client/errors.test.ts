import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  BadRequest,
  errorOf,
  FlowthingsError,
  Forbidden,
  LocalError,
  NotFound,
  PlatformError,
  ServerError
} from '../../../src/main/client/errors.ts'
import { withoutSecret } from '../../../src/main/client/face.ts'
import { catalogue, failure } from '../../../src/shared/failure.ts'
import type { FailureCode } from '../../../src/shared/failure.ts'

describe('the error of a failure', () => {
  test.each([
    ['platform/bad-request', BadRequest],
    ['platform/forbidden', Forbidden],
    ['platform/not-found', NotFound],
    ['platform/server-error', ServerError],
    ['platform/refused', PlatformError]
  ] as const)('%s is a PlatformError of its own class', (code, expected) => {
    const error = errorOf(failure(code))
    expect([error.constructor, error instanceof PlatformError, error instanceof LocalError]).toEqual([
      expected,
      true,
      false
    ])
  })

  test('is a LocalError for everything that the platform did not say', () => {
    const codes = (Object.keys(catalogue) as FailureCode[]).filter((code) => !code.startsWith('platform/'))
    for (const code of codes) {
      const error = errorOf(failure(code))
      expect([code, error.constructor, error instanceof FlowthingsError]).toEqual([code, LocalError, true])
    }
  })

  test('carries what is known of the request, as members, as JSON and as the failure it was', () => {
    const refused = failure('platform/not-found', {
      details: {
        errors: ['no such flow'],
        method: 'GET',
        path: '/v4.0/ana/flow/f1',
        status: 404,
        account: 'ana'
      }
    })
    const error = errorOf(refused)
    const members = {
      name: 'NotFound',
      message: refused.message,
      code: 'platform/not-found',
      hint: refused.hint,
      retryable: false,
      errors: ['no such flow'],
      method: 'GET',
      path: '/v4.0/ana/flow/f1',
      status: 404,
      account: 'ana'
    }
    expect(error).toMatchObject(members)
    expect(JSON.parse(JSON.stringify(error))).toEqual(members)
    expect(error.failure).toBe(refused)
    expect(inspect(error)).toMatch(/^NotFound: The platform has no such object/)
  })
})

describe('a failure that repeats the secret', () => {
  const SECRET = 'Q7wZ"0pLmR4sT9x'

  test('is told without it, at any depth', () => {
    const leaking = failure('response/malformed', {
      message: `X-Auth-Token: ${SECRET} is odd`,
      details: { excerpt: `<b>${SECRET}</b>`, errors: ['fine', SECRET], more: { deep: [SECRET, 1, null] } }
    })
    const told = withoutSecret(leaking, SECRET)
    expect(inspect(told, { depth: 9 })).not.toContain(SECRET)
    expect(told.details).toMatchObject({
      excerpt: '<b>•••</b>',
      errors: ['fine', '•••'],
      more: { deep: ['•••', 1, null] }
    })
  })

  test('is the same object when there is nothing to hide', () => {
    const plain = failure('network/closed', { details: { path: '/flow' } })
    expect([withoutSecret(plain, SECRET), withoutSecret(plain, '')]).toEqual([plain, plain])
    expect(withoutSecret(plain, SECRET)).toBe(plain)
  })
})
