import { nextTask } from './next-task.ts'

export type Monaco = typeof import('./monaco.ts')

let loading: Promise<Monaco> | undefined

/** Monaco, loaded once. It takes longer than everything else together, so it waits until the first drops are painted. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= load()
  return loading
}

/** Running its code takes a frame or two, and so does the first editor: not both in one task. */
async function load(): Promise<Monaco> {
  const monaco = await import('./monaco.ts')
  await nextTask()
  return monaco
}

/** Gives the editors that exist the colours of a theme; before Monaco is loaded there is nothing to do. */
export async function retheme(theme: 'dark' | 'light'): Promise<void> {
  const monaco = await loading
  monaco?.applyTheme(theme)
}

/** Runs when the window has nothing better to do; answers how to cancel. */
export function whenIdle(run: () => void): () => void {
  const handle = requestIdleCallback(run, { timeout: 2000 })
  return () => {
    cancelIdleCallback(handle)
  }
}
