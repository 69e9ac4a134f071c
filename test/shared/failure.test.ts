import { expect, test } from 'vitest'
import { catalogue, failure } from '../../src/shared/failure.ts'

test('a failure has the sentence of the catalogue unless it is given a better one', () => {
  expect([
    failure('network/timeout'),
    failure('platform/not-found', {
      message: 'There is no flow /ana/attic.',
      hint: null,
      details: { status: 404 }
    })
  ]).toEqual([
    { code: 'network/timeout', ...catalogue['network/timeout'] },
    {
      code: 'platform/not-found',
      message: 'There is no flow /ana/attic.',
      retryable: false,
      details: { status: 404 }
    }
  ])
})

test('every sentence of the catalogue ends with a full stop', () => {
  const sentences = Object.values(catalogue).flatMap((entry) => [
    entry.message,
    ...('hint' in entry ? [entry.hint] : [])
  ])
  expect(sentences.filter((sentence) => !sentence.endsWith('.'))).toEqual([])
})
