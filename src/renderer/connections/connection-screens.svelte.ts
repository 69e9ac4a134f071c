import type { ConnectionProfile } from '../../shared/model/connection-profile.ts'
import { EMPTY_PROFILE } from '../../shared/model/connection-profile.ts'
import type { Explorer } from '../bridge.ts'
import { ConnectionEditor } from './connection-editor.svelte.ts'
import type { Connections } from './connections.svelte.ts'

/** Which dialog about connections is open. */
export type ConnectionScreen =
  | { readonly kind: 'closed' }
  | { readonly kind: 'list' }
  | { readonly kind: 'edit'; readonly editor: ConnectionEditor }
  | { readonly kind: 'import' }
  | { readonly kind: 'defaults' }

/** The dialogs about connections: one is open at a time, and closing one goes back to the list when it came from there. */
export class ConnectionScreens {
  readonly #explorer: Explorer
  readonly #connections: Connections
  readonly #choose: (connectionId: string) => void
  #screen = $state.raw<ConnectionScreen>({ kind: 'closed' })
  #cameFromList = false

  constructor(explorer: Explorer, connections: Connections, choose: (connectionId: string) => void) {
    this.#explorer = explorer
    this.#connections = connections
    this.#choose = choose
  }

  get screen(): ConnectionScreen {
    return this.#screen
  }

  manage(): void {
    this.#cameFromList = false
    this.#screen = { kind: 'list' }
    void this.#connections.readProfiles()
    void this.#connections.readVault()
  }

  create(profile: ConnectionProfile = EMPTY_PROFILE): void {
    this.#edit(undefined, profile)
  }

  /** Edits a kept connection; the local platform has no profile to edit. */
  edit(connectionId: string): void {
    const kept = this.#connections.profiles.find((profile) => profile.connectionId === connectionId)
    if (kept !== undefined) this.#edit(connectionId, kept.profile)
  }

  /** A connection like another one, without its token: that is typed again. */
  duplicate(connectionId: string): void {
    const kept = this.#connections.profiles.find((profile) => profile.connectionId === connectionId)
    if (kept !== undefined) this.create({ ...kept.profile, name: `${kept.profile.name} copy` })
  }

  /** Opens the editor of a connection and tries it at once. */
  test(connectionId: string): void {
    this.edit(connectionId)
    if (this.#screen.kind === 'edit') void this.#screen.editor.test()
  }

  show(kind: 'import' | 'defaults'): void {
    this.#cameFromList = this.#screen.kind === 'list'
    this.#screen = { kind }
    void this.#connections.readProfiles()
  }

  /** Back to the list, or to the window. */
  close(): void {
    this.#screen = { kind: this.#cameFromList ? 'list' : 'closed' }
    this.#cameFromList = false
  }

  #edit(connectionId: string | undefined, profile: ConnectionProfile): void {
    this.#cameFromList = this.#screen.kind === 'list'
    void this.#connections.readVault()
    const editor = new ConnectionEditor({
      explorer: this.#explorer,
      connections: this.#connections,
      connectionId,
      profile,
      saved: (connection) => {
        const isNew = connectionId === undefined
        const goesToIt = isNew && !this.#cameFromList
        this.close()
        if (goesToIt) this.#choose(connection.id)
      }
    })
    this.#screen = { kind: 'edit', editor }
  }
}
