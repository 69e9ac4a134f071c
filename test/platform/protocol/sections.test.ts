import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ANA, BEN, startTestPlatform, type TestPlatform } from '../../support/platform.ts'

/** One request and what comes back. `{name}` stands for the id of what `beforeAll` made under that name. */
type Row = readonly [
  what: string,
  request: readonly [method: string, path: string, body?: unknown, headers?: Record<string, string>],
  status: number,
  /** Members that the body has at least; an array is compared entry by entry. */
  body?: unknown
]

const asBen = { 'x-auth-token': BEN.token }
const NO_FLOW = 'f000000000000000000000000'

let platform: TestPlatform
const named = new Map<string, string>()

const make = async (name: string, path: string, body: object): Promise<void> => {
  const reply = await platform.request('POST', filled(path), filled(JSON.stringify(body)))
  expect([name, reply.status, reply.head.errors]).toEqual([name, 201, []])
  named.set(name, String(reply.body.id))
  if (reply.body.tokenString !== undefined) named.set(`${name} text`, String(reply.body.tokenString))
}

const filled = (text: string): string =>
  text.replaceAll(/\{([a-z ]+)\}/g, (whole, name: string) => named.get(name) ?? whole)

beforeAll(async () => {
  platform = await startTestPlatform()
  const ben = await platform.request('GET', '/v4.0/ben/identity', undefined, asBen)
  const ana = await platform.request('GET', '/identity')
  named.set('ben', String((ben.body as { id: string }[])[0]?.id))
  named.set('ana', String((ana.body as { id: string }[])[0]?.id))
  await make('attic', '/flow', { path: '/ana/house/attic', capacity: 100 })
  await make('copy', '/flow', { path: '/ana/house/copy' })
  await make('garden', '/flow', { path: '/ana/garden' })
  await make('drop', '/drop/{attic}', { elems: { temp: 21.5, room: 'attic' }, fhash: 'first' })
  await make('second', '/drop/{attic}', { elems: { temp: 11, room: 'cellar' } })
  await make('track', '/track', { source: '/ana/garden', destination: '/ana/house/copy' })
  await make('token', '/token', { paths: { '/ana/house': { dropRead: true } } })
  await make('group', '/group', { memberIds: ['{ben}'], displayName: 'Guests' })
  await make('share', '/share', { issuedTo: '{group}', paths: { '/ana/house': { read: true } } })
  await make('device', '/device', { path: '/ana/devices/one' })
  await make('task', '/api-task', { destination: '/ana/house/copy', js: 'function () {}' })
})
afterAll(async () => {
  await platform.close()
})

function section(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    test.each(rows.map((row) => ({ row })))('$row.0', async ({ row }) => {
      const [, [method, path, body, headers = {}], status, expected] = row
      const sent = body === undefined ? undefined : filled(JSON.stringify(body))
      const secrets = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, filled(value)])
      )
      const reply = await platform.request(method, filled(path), sent, secrets)
      expect([reply.status, reply.head.status, reply.head.ok]).toEqual([status, status, status < 400])
      expect(reply.head.errors.length > 0).toBe(status >= 400)
      if (status >= 400) expect(reply.body).toEqual({})
      if (expected !== undefined)
        expect(reply.body).toMatchObject(JSON.parse(filled(JSON.stringify(expected))) as object)
    })
  })
}

const withToken = { 'x-auth-token': '{token text}' }

section('2. Hosts, base paths, versions', [
  ['a version below 4', ['GET', '/v0.1/ana/flow/{attic}'], 200, { id: '{attic}' }],
  ['a version that nobody knows', ['GET', '/v17.3/ana/flow/{attic}'], 200, { id: '{attic}' }],
  ['a slash at the end', ['GET', '/flow/{attic}/'], 200, { id: '{attic}' }],
  ['no such service', ['GET', '/flows'], 404],
  ['nothing at all', ['GET', '/v4.0'], 404]
])

section('3. Authentication headers', [
  ['no token', ['GET', '/flow', undefined, { 'x-auth-token': '' }], 403],
  ['an unknown token', ['GET', '/flow', undefined, { 'x-auth-token': 'nobody' }], 403],
  ['the token of another account', ['GET', '/flow', undefined, asBen], 403],
  ['an account that is not there', ['GET', '/v4.0/zoe/flow'], 403],
  ['the account in a header too', ['GET', '/flow?limit=0', undefined, { 'X-AUTH-ACCOUNT': 'ana' }], 200],
  ['another account in the header', ['GET', '/flow', undefined, { 'x-auth-account': 'ben' }], 403]
])

section('5. Services and verbs', [
  [
    'several by id, without those that are not there',
    ['MGET', '/flow', ['{attic}', NO_FLOW]],
    200,
    { '{attic}': {} }
  ],
  ['ids that are none', ['MGET', '/flow', { id: 1 }], 400],
  [
    'several changes, all or nothing',
    ['MPUT', '/flow', { '{attic}': { description: 'no' }, [NO_FLOW]: {} }],
    404
  ],
  [
    'several changes',
    ['MPUT', '/flow', { '{attic}': { description: 'yes' } }],
    200,
    { '{attic}': { description: 'yes' } }
  ],
  [
    'read-only and unknown members are ignored',
    ['PUT', '/flow/{attic}', { id: 'x', creatorId: 'y', hue: 1 }],
    200,
    { id: '{attic}' }
  ],
  ['one member', ['PUT', '/flow/{attic}/description', 'top'], 200, { description: 'top' }],
  ['one member that cannot be changed', ['PUT', '/flow/{attic}/creationDate', 1], 400],
  ['one member without a value', ['PUT', '/flow/{attic}/description'], 400],
  [
    'an optional member is taken away',
    ['PUT', '/flow/{attic}', { description: null }],
    200,
    { id: '{attic}' }
  ],
  ['a token cannot be changed', ['PUT', '/token/{token}', {}], 405],
  ['a share cannot be changed', ['PUT', '/share/{share}', {}], 405],
  ['no such object', ['GET', `/flow/${NO_FLOW}`], 404],
  ['a body that is no object', ['POST', '/flow', []], 400]
])

section('6. Request parameters', [
  ['a filter', ['GET', '/drop/{attic}?filter=temp%20%3E%2020'], 200, [{ id: '{drop}' }]],
  ['an empty filter', ['GET', '/drop/{attic}?filter='], 200, [{ id: '{second}' }, { id: '{drop}' }]],
  ['a filter that does not parse', ['GET', '/drop/{attic}?filter=temp%20%3E'], 400],
  ['start before skip', ['GET', '/drop/{attic}?start=1&skip=5'], 200, [{ id: '{drop}' }]],
  ['skip, as Java says it', ['GET', '/drop/{attic}?skip=1'], 200, [{ id: '{drop}' }]],
  ['a limit', ['GET', '/drop/{attic}?limit=1'], 200, [{ id: '{second}' }]],
  ['a limit that is no number', ['GET', '/drop/{attic}?limit=many'], 400],
  ['an order', ['GET', '/drop/{attic}?order=asc&limit=1'], 200, [{ id: '{drop}' }]],
  ['an order that is none', ['GET', '/drop/{attic}?order=up'], 400],
  ['a sort', ['GET', '/drop/{attic}?sort=elems.temp&order=asc'], 200, [{ id: '{second}' }, { id: '{drop}' }]],
  [
    'only some members',
    ['GET', '/drop/{attic}?only=elems.temp&limit=1'],
    200,
    [{ id: '{second}', elems: { temp: 11 } }]
  ],
  [
    'hints as Python writes them',
    ['GET', '/drop/{attic}/{drop}?hints=True'],
    200,
    { elems: { temp: { type: 'float', value: 21.5 } } }
  ],
  ['unknown parameters', ['GET', '/flow?limit=0&colour=red'], 200, []],
  [
    'a path for the bare drop service',
    ['GET', '/drop?path=/ana/house/attic&limit=1'],
    200,
    [{ id: '{second}' }]
  ]
])

section('7. Flows', [
  ['a path that is taken', ['POST', '/flow', { path: '/ana/house/attic/' }], 400],
  ['a path without an account', ['POST', '/flow', { path: 'attic' }], 400],
  ['the account alone', ['POST', '/flow', { path: '/ana' }], 400],
  ['an empty segment', ['POST', '/flow', { path: '/ana//a' }], 400],
  ['a reserved segment', ['POST', '/flow', { path: '/ana/:inbox' }], 400],
  ['129 characters', ['POST', '/flow', { path: `/ana/${'x'.repeat(124)}` }], 400],
  ['another account without a share', ['POST', '/flow', { path: '/ben/a' }], 403],
  ['too large a capacity', ['POST', '/flow', { path: '/ana/a', capacity: 100_001 }], 400],
  ['the default capacity', ['POST', '/flow', { path: '/ana/Default.1' }], 201, { capacity: 1000 }],
  [
    'public, as Java says it',
    ['POST', '/flow', { path: '/ana/public', publicFlow: true }],
    201,
    { public: true }
  ],
  ['a filter that is cleared', ['PUT', '/flow/{copy}', { filter: '' }], 200, { filter: '' }],
  ['by its path', ['GET', '/flow/%2Fana%2Fhouse%2Fattic'], 200, { id: '{attic}' }]
])

section('8. Drops', [
  [
    'by path',
    ['POST', '/drop', { path: '/ana/house/copy', elems: {} }],
    201,
    { flowId: '{copy}', version: 0 }
  ],
  ['by a path where there is no flow', ['POST', '/drop', { path: '/ana/none', elems: {} }], 400],
  ['into an unknown flow', ['POST', `/drop/${NO_FLOW}`, { elems: {} }], 404],
  ['without elems', ['POST', '/drop/{copy}', {}], 400],
  ['a place beyond the pole', ['POST', '/drop/{copy}', { elems: {}, location: { lat: 91, lon: 0 } }], 400],
  [
    'a known type whose value does not fit',
    ['POST', '/drop/{copy}', { elems: { a: { type: 'date', value: 'x' } } }],
    400
  ],
  [
    'an unknown type is a map',
    ['POST', '/drop/{copy}', { elems: { a: { type: 'x', value: 1 } } }],
    201,
    { elems: { a: { type: 'x', value: 1 } } }
  ],
  [
    'an fhash again',
    ['POST', '/drop/{attic}', { elems: { temp: 1 }, fhash: 'first' }],
    200,
    { id: '{drop}' }
  ],
  [
    'typed below version 4',
    ['GET', '/v0.1/ana/drop/{attic}/{drop}'],
    200,
    { elems: { room: { type: 'string', value: 'attic' } } }
  ],
  ['several by id', ['MGET', '/drop/{attic}', ['{drop}']], 200, { '{drop}': { fhash: 'first' } }],
  [
    'several flows',
    ['MGET', '/drop', [{ flowId: '{attic}', params: { limit: 1 } }]],
    200,
    { '{attic}': [{ id: '{second}' }] }
  ],
  ['one element', ['PUT', '/drop/{attic}/{second}/elems.note', 'x'], 200, { 'elems.note': 'x' }],
  ['no such drop', ['GET', '/drop/{attic}/d000000000000000000000000'], 404]
])

section('10. Tracks', [
  ['neither destination nor js', ['POST', '/track', { source: '/ana/garden' }], 400],
  ['an unknown source', ['POST', '/track', { source: '/ana/none', destination: '/ana/garden' }], 400],
  ['an unknown destination', ['POST', '/track', { source: '/ana/garden', destination: ['/ana/none'] }], 400],
  ['the destination as it was written', ['GET', '/track/{track}'], 200, { destination: '/ana/house/copy' }],
  ['a function that is none', ['POST', '/track', { source: '/ana/garden', js: 'function (' }], 400],
  [
    'simulate',
    [
      'POST',
      '/track/simulate',
      { drop: { elems: { a: 1 } }, js: 'function (d) { return {elems: {b: d.elems.a + 1}} }' }
    ],
    200,
    { drops: [{ elems: { b: 2 } }], errors: [] }
  ],
  [
    'simulate what fails',
    ['POST', '/track/simulate', { drop: { elems: {} }, js: 'function () { throw new Error("no") }' }],
    200,
    { drops: [] }
  ]
])

section('11. Aggregation', [
  [
    'groups',
    ['POST', '/drop/{attic}/aggregate', { output: ['$avg:temp', '$count'], groupBy: ['room'] }],
    200,
    [
      { room: 'attic', '$avg:temp': 21.5, $count: 1 },
      { room: 'cellar', '$avg:temp': 11, $count: 1 }
    ]
  ],
  [
    'a rule',
    ['POST', '/drop/{attic}/aggregate', { output: ['$avg:warm'], rules: { warm: 'temp > 20' } }],
    200,
    [{ '$avg:warm': 0.5 }]
  ],
  [
    'nothing that matches',
    ['POST', '/drop/{attic}/aggregate', { output: ['$count'], filter: 'temp > 99' }],
    200,
    []
  ],
  ['an unknown selector', ['POST', '/drop/{attic}/aggregate', { output: ['$stddev:temp'] }], 400],
  ['no output', ['POST', '/drop/{attic}/aggregate', { groupBy: ['room'] }], 400]
])

section('12. Statistics', [
  [
    'a month of 28 days',
    ['GET', '/statistics/flowDropAdded/{attic}/2026/02'],
    200,
    Array.from({ length: 28 }, () => 0)
  ],
  ['one total for a day', ['GET', '/statistics/flowDropAdded/{attic}/2015/1/6?level=year'], 200, [0]],
  ['a month that is none', ['GET', '/statistics/flowDropAdded/{attic}/2026/13'], 400],
  ['a type that is none', ['GET', '/statistics/dropsLost/{attic}'], 400],
  ['an object that is not there', ['GET', `/statistics/flowDropAdded/${NO_FLOW}`], 404],
  ['another identity', ['GET', '/statistics/apiCallByIdentity/{ben}'], 403]
])

section('13. Tokens, shares, groups, identities', [
  ['a token reads what lies below its path', ['GET', '/flow/{attic}', undefined, withToken], 200],
  ['and sees nothing else', ['GET', '/flow/{garden}', undefined, withToken], 404],
  ['it reads drops', ['GET', '/drop/{attic}?limit=1', undefined, withToken], 200],
  ['it writes none without the right', ['POST', '/drop/{attic}', { elems: {} }, withToken], 403],
  ['it manages nothing', ['GET', '/token', undefined, withToken], 403],
  ['a share to a group shows flows', ['GET', '/v4.0/ben/flow/{attic}', undefined, asBen], 200],
  ['but not their drops', ['GET', '/v4.0/ben/drop/{attic}', undefined, asBen], 403],
  ['paths that are missing', ['POST', '/token', {}], 400],
  ['a path of somebody else', ['POST', '/token', { paths: { '/ben/a': { dropRead: true } } }], 403],
  ['an identity of oneself', ['GET', '/identity/{ana}'], 200, { name: 'ana', masterToken: ANA.token }],
  ['identities cannot be made', ['POST', '/identity', { name: 'zoe' }], 403]
])

section('14. Tasks and devices', [
  [
    'a task says that it was not run',
    ['GET', '/api-task/{task}'],
    200,
    { status: 'NOT_RUN', lastRun: 0, nextRun: 0, runCt: 0 }
  ],
  [
    'too short a period',
    ['POST', '/rss', { destination: '/ana/house/copy', url: 'http://x', periodicity: 59_999 }],
    400
  ],
  ['an RSS task without a URL', ['POST', '/rss', { destination: '/ana/house/copy' }], 400],
  [
    'an MQTT connection with both ends',
    [
      'POST',
      '/mqtt',
      { uri: 'tcp://x:1883', topic: 't', source: '/ana/garden', destination: '/ana/house/copy' }
    ],
    400
  ],
  [
    'a device that was never seen',
    ['GET', '/device/{device}'],
    200,
    { status: 'UNSEEN', timeSinceLastSeen: -1 }
  ],
  [
    'the flow of a device',
    ['GET', '/flow/%2Fana%2Fdevices%2Fone%2Fdefault'],
    200,
    { path: '/ana/devices/one/default' }
  ]
])

describe('15. WebSocket API', () => {
  const rows: readonly (readonly [what: string, frame: object, status: number, body?: unknown])[] = [
    ['a subscription by id', { type: 'subscribe', object: 'drop', flowId: '{attic}' }, 200, {}],
    ['a subscription by path', { type: 'subscribe', object: 'drop', path: '/ana/house/attic' }, 200, {}],
    ['an unknown flow', { type: 'subscribe', object: 'drop', flowId: NO_FLOW }, 404, {}],
    ['the end of what never began', { type: 'unsubscribe', object: 'drop', flowId: '{garden}' }, 200, {}],
    [
      'a drop as Java names it',
      { type: 'find', object: 'drop', flowId: '{attic}', id: '{drop}' },
      200,
      { id: '{drop}' }
    ],
    [
      'a drop as Node names it',
      { type: 'find', object: 'drop', id: ['{attic}', '{drop}'] },
      200,
      { id: '{drop}' }
    ],
    [
      'several, with options as texts',
      { type: 'findmany', object: 'drop', flowId: '{attic}', options: { limit: '1', order: 'asc' } },
      200,
      [{ id: '{drop}' }]
    ],
    [
      'typed elements for one command',
      { type: 'find', object: 'drop', flowId: '{attic}', id: '{drop}', options: { hints: '1' } },
      200,
      { elems: { room: { type: 'string', value: 'attic' } } }
    ],
    [
      'a drop by the path in its value',
      { type: 'create', object: 'drop', value: { path: '/ana/house/copy', elems: {} } },
      201,
      { flowId: '{copy}' }
    ],
    [
      'a drop by a path where there is no flow',
      { type: 'create', object: 'drop', value: { path: '/ana/none', elems: {} } },
      400,
      {}
    ],
    ['another service', { type: 'find', object: 'device', id: '{device}' }, 200, { id: '{device}' }],
    ['what a service does not do', { type: 'update', object: 'token', id: '{token}', value: {} }, 405, {}],
    ['an unknown type', { type: 'shout', object: 'drop' }, 400, {}],
    ['an unknown object', { type: 'find', object: 'cloud', id: '{drop}' }, 400, {}]
  ]

  test.each(rows.map((row, number) => ({ row, number })))('$row.0', async ({ row, number }) => {
    const [, frame, status, expected] = row
    const session = await platform.session()
    for (const msgId of [number, `-${String(number)}`]) {
      const reply = await session.ask({ msgId, ...(JSON.parse(filled(JSON.stringify(frame))) as object) })
      expect([reply.head.msgId, reply.head.status, reply.head.ok]).toEqual([msgId, status, status < 400])
      expect(reply.body).toMatchObject(JSON.parse(filled(JSON.stringify(expected))) as object)
    }
    session.socket.terminate()
  })
})
