import type { Failure } from '../../shared/failure.ts'
import type { Notice } from '../../shared/ipc/settings.ts'
import type { Explorer } from '../bridge.ts'

/** Older ones leave first: nobody reads more in one run. */
const MAX_NOTICES = 100

/** What the person should know, newest first, and how much of it was not looked at. */
export class Notices {
  #items = $state.raw<readonly Notice[]>([])
  #unread = $state(0)
  #ownNumber = 0

  constructor(explorer: Explorer) {
    explorer.on('noticeRaised', (notice) => {
      this.add(notice)
    })
  }

  get items(): readonly Notice[] {
    return this.#items
  }

  get unread(): number {
    return this.#unread
  }

  add(notice: Notice): void {
    if (this.#items.some(({ id }) => id === notice.id)) return
    this.#items = [notice, ...this.#items].slice(0, MAX_NOTICES)
    this.#unread += 1
  }

  /** A failure that has no place of its own on the screen. */
  addFailure({ message, hint }: Failure): void {
    this.#ownNumber += 1
    const id = `window-${String(this.#ownNumber)}`
    this.add({ id, severity: 'error', message, ...(hint === undefined ? {} : { hint }), atMs: Date.now() })
  }

  markRead(): void {
    this.#unread = 0
  }
}
