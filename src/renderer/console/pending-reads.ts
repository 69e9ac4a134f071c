import { failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { receiveAnswer } from './read-answer.ts'
import type { ReadAnswer, ReadPort } from './read-answer.ts'

/** Reads that were announced and wait for their port, or are being received. */
export class PendingReads {
  readonly #waiting = new Map<string, (answer: Promise<Result<ReadAnswer>>) => void>()
  readonly #open = new Map<string, ReadPort>()

  /** The answer of a read, once its port has come and gone; `request/cancelled` when it was cancelled before. */
  async await(readId: string): Promise<Result<ReadAnswer>> {
    const answer = new Promise<Result<ReadAnswer>>((resolve) => this.#waiting.set(readId, resolve))
    try {
      return await answer
    } finally {
      this.#waiting.delete(readId)
      this.#open.delete(readId)
    }
  }

  /** A port that nobody waits for is closed: that cancels the read in main. */
  connect(readId: string, port: ReadPort): void {
    const resolve = this.#waiting.get(readId)
    if (resolve === undefined) {
      port.close()
      return
    }
    this.#open.set(readId, port)
    resolve(receiveAnswer(port))
  }

  cancel(readId: string): void {
    const port = this.#open.get(readId)
    if (port !== undefined) {
      port.postMessage({ kind: 'cancel' })
      return
    }
    this.#waiting.get(readId)?.(Promise.resolve(failed(failure('request/cancelled'))))
  }
}
