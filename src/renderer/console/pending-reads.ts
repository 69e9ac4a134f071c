import { failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { receiveAnswer } from './read-answer.ts'
import type { ReadAnswer, ReadPort } from './read-answer.ts'

interface PendingRead {
  readonly connect: (port: ReadPort) => void
  readonly cancel: () => void
  port: ReadPort | undefined
}

/** Reads that were announced and wait for their port, or are being received. */
export class PendingReads {
  readonly #reads = new Map<string, PendingRead>()

  /** The answer of a read, once its port has come and gone; `request/cancelled` when it was cancelled before. */
  await(readId: string): Promise<Result<ReadAnswer>> {
    return this.receive(readId, receiveAnswer)
  }

  /** As `await`, for an answer that `take` takes from its port piece by piece. */
  async receive<T>(readId: string, take: (port: ReadPort) => Promise<Result<T>>): Promise<Result<T>> {
    const result = new Promise<Result<T>>((resolve) => {
      this.#reads.set(readId, {
        connect: (port) => void take(port).then(resolve),
        cancel: () => {
          resolve(failed(failure('request/cancelled')))
        },
        port: undefined
      })
    })
    try {
      return await result
    } finally {
      this.#reads.delete(readId)
    }
  }

  /** A port that nobody waits for is closed: that cancels the read in main. */
  connect(readId: string, port: ReadPort): void {
    const read = this.#reads.get(readId)
    if (read === undefined) {
      port.close()
      return
    }
    read.port = port
    read.connect(port)
  }

  /** Ends a read at once, whatever main still sends. */
  cancel(readId: string): void {
    const read = this.#reads.get(readId)
    if (read === undefined) return
    read.cancel()
    if (read.port === undefined) return
    read.port.onmessage = null
    read.port.postMessage({ kind: 'cancel' })
    read.port.close()
  }
}
