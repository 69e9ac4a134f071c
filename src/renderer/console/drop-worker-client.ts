import type { Result } from '../../shared/result.ts'
import type { CallInput, CallName, CallOutput, FromWorker, ToWorker, TreeNews } from './worker-protocol.ts'
import type { LiveSnapshot } from './live-snapshot.ts'

/** The window's side of the drop worker. */
export class DropWorkerClient {
  readonly #worker: Worker
  readonly #calls = new Map<number, (result: Result<never>) => void>()
  #nextCallId = 1
  #onLive: (snapshot: LiveSnapshot) => void = () => {}
  #onTree: (news: TreeNews) => void = () => {}

  constructor() {
    this.#worker = new Worker(new URL('./drop-worker.ts', import.meta.url), { type: 'module', name: 'drops' })
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'live') {
        this.#onLive(data.snapshot)
        return
      }
      if (data.kind === 'tree') {
        this.#onTree(data.news)
        return
      }
      this.#calls.get(data.callId)?.(data.result as Result<never>)
      this.#calls.delete(data.callId)
    }
  }

  /** Whoever draws the stream; a snapshot comes only after the last one was confirmed with `liveShown`. */
  set onLive(callback: (snapshot: LiveSnapshot) => void) {
    this.#onLive = callback
  }

  /** Whoever shows the flow tree. */
  set onTree(callback: (news: TreeNews) => void) {
    this.#onTree = callback
  }

  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>> {
    const callId = this.#nextCallId++
    const answer = new Promise<Result<CallOutput<Name>>>((resolve) => this.#calls.set(callId, resolve))
    this.#post({ kind: 'call', callId, name, input })
    return answer
  }

  post(message: Exclude<ToWorker, { kind: 'call' | 'livePort' | 'readPort' }>): void {
    this.#post(message)
  }

  takeLivePort(port: MessagePort): void {
    this.#post({ kind: 'livePort' }, [port])
  }

  takeReadPort(readId: string, port: MessagePort): void {
    this.#post({ kind: 'readPort', readId }, [port])
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer)
  }
}
