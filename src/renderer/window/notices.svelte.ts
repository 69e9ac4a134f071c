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
    this.#addOwn({ severity: 'error', message, ...(hint === undefined ? {} : { hint }) })
  }

  /** Something that went well and is worth a line, such as where a file was written. */
  addInfo(message: string): void {
    this.#addOwn({ severity: 'info', message })
  }

  #addOwn(notice: Pick<Notice, 'severity' | 'message' | 'hint'>): void {
    this.#ownNumber += 1
    this.add({ id: `window-${String(this.#ownNumber)}`, ...notice, atMs: Date.now() })
  }

  markRead(): void {
    this.#unread = 0
  }
}
