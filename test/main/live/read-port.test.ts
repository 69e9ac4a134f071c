import type { MessagePort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { HttpStream } from '../../../src/main/client/http.ts'
import { serveRead } from '../../../src/main/live/read-port.ts'
import { failure } from '../../../src/shared/failure.ts'
import { CHUNK_CHARACTERS } from '../../../src/shared/ipc/read-port.ts'
import type { ReadMessage } from '../../../src/shared/ipc/read-port.ts'
import { failed, success } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'
import { openNodeChannel } from '../../support/node-port.ts'
import { until } from '../../support/until.ts'

/** An answer in pieces that remembers what was asked of it. */
function createStream(pieces: readonly string[], end: Result<undefined> = success(undefined)) {
  const state = { asked: 0, isCancelled: false }
  let sizeBytes = 0
  const stream: HttpStream = {
    next: () => {
      const piece = pieces[state.asked]
      state.asked += 1
      sizeBytes += Buffer.byteLength(piece ?? '')
      return Promise.resolve(piece === undefined ? end : success(piece))
    },
    sizeBytes: () => sizeBytes,
    cancel: () => {
      state.isCancelled = true
    }
  }
  return { stream, state }
}

function listen(other: MessagePort): { messages: ReadMessage[]; isClosed: () => boolean } {
  const messages: ReadMessage[] = []
  let isClosed = false
  other.on('message', (message: ReadMessage) => messages.push(message))
  other.on('close', () => {
    isClosed = true
  })
  return { messages, isClosed: () => isClosed }
}

test('the text arrives whole, in chunks of the agreed size, no surrogate pair cut, then the end', async () => {
  const text = `a${'🌊'.repeat(CHUNK_CHARACTERS)}`
  const pieces = text.match(/.{1,50000}/gsu) ?? []
  const { end, other } = openNodeChannel()
  const { messages, isClosed } = listen(other)
  const { stream } = createStream(pieces)
  serveRead(end, () => Promise.resolve(success(stream)))
  other.postMessage({ kind: 'credit', totalChunks: 100 })
  await until('the port to close', isClosed)
  const chunks = messages.flatMap((message) => (message.kind === 'chunk' ? [message.text] : []))
  expect(chunks.join('')).toBe(text)
  expect(chunks.every((chunk) => chunk.length <= CHUNK_CHARACTERS && chunk.isWellFormed())).toBe(true)
  expect(messages.at(-1)).toMatchObject({ kind: 'end', sizeBytes: Buffer.byteLength(text) })
})

test('nothing is taken from the socket beyond the chunks that were granted', async () => {
  const { end, other } = openNodeChannel()
  const { messages, isClosed } = listen(other)
  const { stream, state } = createStream(Array.from({ length: 5 }, () => 'x'.repeat(CHUNK_CHARACTERS)))
  serveRead(end, () => Promise.resolve(success(stream)))
  other.postMessage({ kind: 'credit', totalChunks: 2 })
  await until('two chunks', () => messages.length === 2)
  expect(state.asked).toBe(2)
  other.postMessage({ kind: 'credit', totalChunks: 6 })
  await until('the port to close', isClosed)
  expect(messages.map(({ kind }) => kind)).toEqual([...Array<string>(5).fill('chunk'), 'end'])
})

test('a refused read and one that breaks off are a failure and the end of the port', async () => {
  const broken = failure('network/closed')
  for (const open of [failed(broken), success(createStream(['{"head"'], failed(broken)).stream)]) {
    const { end, other } = openNodeChannel()
    const { messages, isClosed } = listen(other)
    serveRead(end, () => Promise.resolve(open))
    other.postMessage({ kind: 'credit', totalChunks: 4 })
    await until('the port to close', isClosed)
    expect(messages).toEqual([{ kind: 'failure', failure: broken }])
  }
})

test('cancelling and closing end the read at the socket', async () => {
  for (const stop of [
    (port: MessagePort) => {
      port.postMessage({ kind: 'cancel' })
    },
    (port: MessagePort) => {
      port.close()
    }
  ]) {
    const { end, other } = openNodeChannel()
    const { messages } = listen(other)
    const { stream, state } = createStream(Array.from({ length: 50 }, () => 'x'.repeat(CHUNK_CHARACTERS)))
    serveRead(end, () => Promise.resolve(success(stream)))
    other.postMessage({ kind: 'credit', totalChunks: 1 })
    await until('a chunk', () => messages.length === 1)
    stop(other)
    await until('the end of the read', () => state.isCancelled)
    expect(messages).toHaveLength(1)
  }
})

test('a read that is cancelled before it opened is never read', async () => {
  const { end, other } = openNodeChannel()
  const { messages, isClosed } = listen(other)
  const { stream, state } = createStream(['x'])
  let opened: (() => void) | undefined
  let signal: AbortSignal | undefined
  serveRead(end, (given) => {
    signal = given
    return new Promise((resolve) => {
      opened = () => {
        resolve(success(stream))
      }
    })
  })
  other.postMessage({ kind: 'credit', totalChunks: 4 })
  other.postMessage({ kind: 'cancel' })
  await until('the signal', () => signal?.aborted === true)
  opened?.()
  await until('the port to close', isClosed)
  expect({ messages, state }).toEqual({ messages: [], state: { asked: 0, isCancelled: true } })
})
