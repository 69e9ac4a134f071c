import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { LOCAL_CONNECTION_ID } from '../../shared/model/connection.ts'
import type { Connection } from '../../shared/model/connection.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'

/** The platforms that the app knows, and how each is doing. */
export class Connections {
  readonly #explorer: Explorer
  #all = $state.raw<readonly Connection[]>([])
  #chosenId = $state(LOCAL_CONNECTION_ID)
  #onConnected: (connection: Connection) => void = () => {}

  constructor(explorer: Explorer) {
    this.#explorer = explorer
    explorer.on('connectionChanged', (connection) => {
      this.#take(connection)
    })
    explorer.on('connectionRemoved', ({ connectionId }) => {
      this.#all = this.#all.filter(({ id }) => id !== connectionId)
      if (this.#chosenId === connectionId) this.#chosenId = LOCAL_CONNECTION_ID
    })
  }

  /** Calls back whenever a connection becomes connected, and at once for those that are: no order of events loses one. */
  set onConnected(callback: (connection: Connection) => void) {
    this.#onConnected = callback
    for (const connection of this.#all) if (connection.status.kind === 'connected') callback(connection)
  }

  get all(): readonly Connection[] {
    return this.#all
  }

  get chosenId(): string {
    return this.#chosenId
  }

  /** The connection that tree, tabs and console speak to. */
  get chosen(): Connection | undefined {
    return this.#all.find(({ id }) => id === this.#chosenId)
  }

  /** Why the chosen connection does not answer and will not by itself; undefined while it does or may. */
  get failure(): Failure | undefined {
    const status = this.chosen?.status
    if (status?.kind !== 'failed') return undefined
    const code = this.chosen?.isLocal === true ? 'local-platform/failed' : 'network/unreachable'
    return failure(code, {
      message: status.reason,
      ...(status.hint === undefined ? {} : { hint: status.hint })
    })
  }

  async read(): Promise<Result<readonly Connection[]>> {
    const result = await this.#explorer.listConnections()
    if (result.ok) for (const connection of result.value) this.#take(connection)
    return result
  }

  choose(connectionId: string): void {
    this.#chosenId = connectionId
  }

  #take(connection: Connection): void {
    const before = this.#all.find(({ id }) => id === connection.id)
    this.#all =
      before === undefined
        ? [...this.#all, connection]
        : this.#all.map((known) => (known.id === connection.id ? connection : known))
    const wasConnected = before?.status.kind === 'connected' && before.host === connection.host
    if (connection.status.kind === 'connected' && !wasConnected) this.#onConnected(connection)
  }
}

/** One word for a status, and the tone of its dot. */
export function describeStatus(connection: Connection | undefined): {
  readonly word: string
  readonly tone: 'ok' | 'warn' | 'error'
  readonly reason: string
} {
  const status = connection?.status ?? { kind: 'starting' as const }
  switch (status.kind) {
    case 'closed':
      return { word: 'closed', tone: 'warn', reason: 'It opens when it is asked for something.' }
    case 'starting':
      return { word: 'starting', tone: 'warn', reason: 'The platform is starting.' }
    case 'connected':
      return { word: 'connected', tone: 'ok', reason: 'The platform answers.' }
    case 'reconnecting':
      return {
        word: 'reconnecting',
        tone: 'warn',
        reason: `${status.reason} Attempt ${String(status.attempt)}.`
      }
    case 'failed':
      return { word: 'failed', tone: 'error', reason: status.reason }
  }
}
