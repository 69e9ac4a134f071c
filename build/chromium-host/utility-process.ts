import { fork, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { loud, loudEmitter } from './not-implemented.ts'

type Stdio = 'pipe' | 'ignore' | 'inherit'

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly execArgv?: readonly string[]
  readonly cwd?: string
  readonly stdio?: Stdio | readonly Stdio[]
  readonly serviceName?: string
}

/** Gives the child its `process.parentPort`. */
const CHILD_SETUP = new URL('./utility-process-child.ts', import.meta.url).href

/** A process of the app without a page (Electron, UtilityProcess). */
class UtilityProcess extends loudEmitter('UtilityProcess') {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    super()
    this.#child = child
    this.stdout = child.stdout
    this.stderr = child.stderr
    child.on('message', (message) => this.emit('message', message))
    child.on('spawn', () => this.emit('spawn'))
    child.on('error', (error) => this.emit('error', 'FatalError', '', String(error)))
    child.on('exit', (code, signal) => this.emit('exit', code ?? (signal ? constants.signals[signal] : 1)))
  }

  /** Undefined once it has ended. */
  get pid(): number | undefined {
    const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null
    return hasEnded ? undefined : this.#child.pid
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('The Chromium host carries no ports to utility processes.')
    if (this.#child.connected) this.#child.send(message as object)
  }

  /** False when it has ended already. */
  kill(): boolean {
    return this.#child.kill()
  }
}

/**
 * Starts a module in a Node process of its own (Electron, utilityProcess). Messages are cloned with V8's own serialiser.
 * The child ends when this process does, however that happens.
 */
export const utilityProcess = loud('utilityProcess', {
  fork(modulePath: string, parameters: readonly string[] = [], options: ForkOptions = {}): UtilityProcess {
    const { stdio = 'inherit' } = options
    const [, stdout, stderr] = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio
    const child = fork(modulePath, parameters, {
      execArgv: ['--import', CHILD_SETUP, ...(options.execArgv ?? [])],
      env: options.env ?? process.env,
      cwd: options.cwd,
      serialization: 'advanced',
      stdio: ['ignore', stdout ?? 'inherit', stderr ?? 'inherit', 'ipc'],
      // Ctrl-C in a terminal reaches the main process alone, which ends its children in its own order.
      detached: true
    })
    return new UtilityProcess(child)
  }
})
