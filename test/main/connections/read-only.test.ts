import { expect, test } from 'vitest'
import { refuseWrite, refuseWriteCommand } from '../../../src/main/connections/read-only.ts'

test.each([
  ['GET', '/v4.0/ana/flow?limit=1'],
  ['MGET', '/v4.0/ana/flow'],
  ['HEAD', '/v4.0/ana/flow'],
  ['OPTIONS', '/v4.0/ana/flow'],
  ['POST', '/v4.0/ana/drop/f0123456789abcdef01234567/aggregate'],
  ['POST', '/v4.0/ana/drop/f0123456789abcdef01234567/aggregate/?filter=a'],
  ['POST', '/v0.1/ana/track/simulate'],
  ['POST', '/session'],
  ['POST', '/session?hints=1']
])('%s %s reads', (method, path) => {
  expect(refuseWrite({ method, path })).toBeUndefined()
})

test.each([
  ['POST', '/v4.0/ana/flow'],
  ['PUT', '/v4.0/ana/flow/f1'],
  ['PUT', '/v4.0/ana/flow/f1/description'],
  ['MPUT', '/v4.0/ana/flow'],
  ['DELETE', '/v4.0/ana/drop/f1'],
  ['DELETE', '/v4.0/ana/drop/f1/aggregate'],
  ['PATCH', '/v4.0/ana/flow/f1'],
  ['PROPPATCH', '/v4.0/ana/flow'],
  ['get', '/v4.0/ana/flow'],
  ['POST', '/v4.0/ana/drop/f1'],
  ['POST', '/v4.0/ana/drop/f1/aggregate/../../../flow'],
  ['POST', '/v4.0/ana/drop/../flow/aggregate'],
  ['POST', '/v4.0/ana/drop/%2e%2e/aggregate'],
  ['POST', '/v4.0/ana/flow?x=/drop/f1/aggregate'],
  ['POST', '/v4.0/ana/flow#/drop/f1/aggregate'],
  ['POST', '/v4.0/ana/track/simulate/t1'],
  ['POST', '/v4.0/ana/session'],
  ['POST', '/session/s1/send']
])('%s %s would write and is refused', (method, path) => {
  expect(refuseWrite({ method, path })).toMatchObject({
    code: 'request/read-only',
    details: { method, path: path.replace(/\?.*$/, '') }
  })
})

test.each(['find', 'findmany', 'subscribe', 'unsubscribe', 'heartbeat'])('the command %s reads', (type) => {
  expect(refuseWriteCommand(type)).toBeUndefined()
})

test.each(['create', 'update', 'delete', 'CREATE', 'drop', '', undefined, null, ['find'], 7])(
  'the command %j would write and is refused',
  (type) => {
    expect(refuseWriteCommand(type)).toMatchObject({ code: 'request/read-only' })
  }
)
