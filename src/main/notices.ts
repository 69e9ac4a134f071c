import type { Notice } from '../shared/ipc/settings.ts'

/** What the person should know; kept until the app ends, so that a window that opens later sees it too. */
export interface Notices {
  raise(notice: Pick<Notice, 'severity' | 'message' | 'hint'>): void
  all(): readonly Notice[]
  /** Calls back for each further notice; answers how to stop. */
  onRaised(callback: (notice: Notice) => void): () => void
}

/** Something that fails again and again must not fill memory; the newest are kept. */
const MAX_NOTICES = 100

export function createNotices(now: () => number = Date.now): Notices {
  let notices: readonly Notice[] = []
  let raised = 0
  const callbacks = new Set<(notice: Notice) => void>()
  return {
    raise: (content) => {
      raised += 1
      const notice: Notice = { id: `notice-${String(raised)}`, ...content, atMs: now() }
      notices = [...notices, notice].slice(-MAX_NOTICES)
      for (const callback of callbacks) callback(notice)
    },
    all: () => notices,
    onRaised: (callback) => {
      callbacks.add(callback)
      return () => {
        callbacks.delete(callback)
      }
    }
  }
}
