/**
 * One answer from the main thread to a worker that sleeps: two 32-bit cells (state, then length in bytes) and the UTF-8
 * text behind them.
 */
const HEAD_BYTES = 8
const STATE = 0
const LENGTH = 1
const WAITING = 0
const ANSWERED = 1

/** Room for an answer of `capacityBytes`. */
export const createAnswer = (capacityBytes: number): SharedArrayBuffer =>
  new SharedArrayBuffer(HEAD_BYTES + capacityBytes)

/** Writes the answer and wakes the worker. Answers false, and writes nothing, when the text does not fit. */
export function giveAnswer(answer: SharedArrayBuffer, text: string): boolean {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > answer.byteLength - HEAD_BYTES) return false
  new Uint8Array(answer, HEAD_BYTES).set(bytes)
  const head = new Int32Array(answer, 0, 2)
  Atomics.store(head, LENGTH, bytes.length)
  Atomics.store(head, STATE, ANSWERED)
  Atomics.notify(head, STATE)
  return true
}

/** Puts this thread to sleep until the answer is there, at most `timeoutMs`; undefined when it is not. */
export function awaitAnswer(answer: SharedArrayBuffer, timeoutMs: number): string | undefined {
  const head = new Int32Array(answer, 0, 2)
  Atomics.wait(head, STATE, WAITING, timeoutMs)
  if (Atomics.load(head, STATE) !== ANSWERED) return undefined
  // A decoder refuses shared memory.
  return new TextDecoder().decode(new Uint8Array(answer, HEAD_BYTES, Atomics.load(head, LENGTH)).slice())
}
