/** What the app's life needs of a window. */
export interface ListedWindow {
  close(): void
}

type Listener = () => void

const open = new Set<ListedWindow>()
let onEmpty: Listener = () => {}

/** The open windows, oldest first, for those who must not know what a window is. */
export const windowList = {
  add(window: ListedWindow): void {
    open.add(window)
  },
  /** The listener of `whenEmpty` hears of the last one, a turn later. */
  remove(window: ListedWindow): void {
    if (!open.delete(window) || open.size > 0) return
    setImmediate(() => {
      if (open.size === 0) onEmpty()
    })
  },
  all: (): readonly ListedWindow[] => [...open],
  whenEmpty(listener: Listener): void {
    onEmpty = listener
  }
}
