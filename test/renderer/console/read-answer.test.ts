import { describe, expect, test } from 'vitest'
import { failure } from '../../../src/shared/failure.ts'
import { CREDIT_CHUNKS } from '../../../src/shared/ipc/read-port.ts'
import type { ReadControl, ReadMessage } from '../../../src/shared/ipc/read-port.ts'
import { PendingReads } from '../../../src/renderer/console/pending-reads.ts'
import { receiveAnswer } from '../../../src/renderer/console/read-answer.ts'
import type { ReadPort } from '../../../src/renderer/console/read-answer.ts'

/** The worker's end of a read port; the test speaks as main. */
function makePort() {
  const said: ReadControl[] = []
  let isClosed = false
  const port: ReadPort = {
    onmessage: null,
    postMessage: (message) => said.push(message),
    close: () => {
      isClosed = true
    }
  }
  const say = (data: ReadMessage): void => port.onmessage?.({ data } as MessageEvent<ReadMessage>)
  return { port, said, say, isClosed: () => isClosed }
}

const END: ReadMessage = { kind: 'end', sizeBytes: 99, durationMs: 4 }
const envelope = (body: string): string =>
  `{"head":{"ok":true,"status":200,"messages":[],"errors":[],"references":{}},"body":${body}}`

describe('receiving a large read', () => {
  test('joins the chunks, wherever they were cut, and keeps 64-bit integers', async () => {
    const { port, say, isClosed } = makePort()
    const answer = receiveAnswer(port)
    const text = envelope('[{"id":"d1","elems":{"big":9007199254740993}}]')
    say({ kind: 'chunk', text: text.slice(0, 100) })
    say({ kind: 'chunk', text: text.slice(100) })
    say(END)
    expect(await answer).toEqual({
      ok: true,
      value: {
        values: [{ id: 'd1', elems: { big: 9007199254740993n } }],
        references: {},
        sizeBytes: 99,
        durationMs: 4
      }
    })
    expect(isClosed()).toBe(true)
  })

  test('grants chunks as a running total, a few ahead', () => {
    const { port, said, say } = makePort()
    void receiveAnswer(port)
    say({ kind: 'chunk', text: '[' })
    say({ kind: 'chunk', text: ']' })
    expect(said).toEqual(
      [CREDIT_CHUNKS, CREDIT_CHUNKS + 1, CREDIT_CHUNKS + 2].map((totalChunks) => ({
        kind: 'credit',
        totalChunks
      }))
    )
  })

  test('passes a failure on as it is', async () => {
    const { port, say } = makePort()
    const answer = receiveAnswer(port)
    const refused = failure('platform/forbidden')
    say({ kind: 'failure', failure: refused })
    expect(await answer).toEqual({ ok: false, failure: refused })
  })

  test.each([
    ['by ids', '{"d1":{"id":"d1"},"d2":{"id":"d2"}}', [{ id: 'd1' }, { id: 'd2' }]],
    ['by flows', '{"f1":[{"id":"d1"}],"f2":[],"f3":[{"id":"d2"}]}', [{ id: 'd1' }, { id: 'd2' }]],
    ['by ids that are all unknown', '{}', []]
  ])('takes the values of a body %s', async (_what, body, values) => {
    const { port, say } = makePort()
    const answer = receiveAnswer(port)
    say({ kind: 'chunk', text: envelope(body) })
    say(END)
    expect(await answer).toMatchObject({ ok: true, value: { values } })
  })

  test.each(['<html>proxy</html>', envelope('{"id":"d1"}'), '[1,2'])(
    'an answer like %s is malformed',
    async (text) => {
      const { port, say } = makePort()
      const answer = receiveAnswer(port)
      say({ kind: 'chunk', text })
      say(END)
      expect(await answer).toMatchObject({ ok: false, failure: { code: 'response/malformed' } })
    }
  )
})

describe('reads that wait for their port', () => {
  test('a cancelled one ends although its port never comes', async () => {
    const reads = new PendingReads()
    const answer = reads.await('r1')
    reads.cancel('r1')
    expect(await answer).toMatchObject({ ok: false, failure: { code: 'request/cancelled' } })
  })

  test('a cancel reaches main once the port is there', async () => {
    const reads = new PendingReads()
    const { port, said, say } = makePort()
    const answer = reads.await('r1')
    reads.connect('r1', port)
    reads.cancel('r1')
    expect(said.at(-1)).toEqual({ kind: 'cancel' })
    say({ kind: 'failure', failure: failure('request/cancelled') })
    expect(await answer).toMatchObject({ ok: false })
  })

  test('a port that nobody waits for is closed', () => {
    const { port, isClosed } = makePort()
    new PendingReads().connect('r1', port)
    expect(isClosed()).toBe(true)
  })
})
