export type Monaco = typeof import('./monaco.ts')

let loading: Promise<Monaco> | undefined

/** Monaco, loaded once. It takes longer than everything else together, so it waits until the first drops are painted. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import('./monaco.ts')
  return loading
}

/** Runs when the window has nothing better to do; answers how to cancel. */
export function whenIdle(run: () => void): () => void {
  const handle = requestIdleCallback(run, { timeout: 2000 })
  return () => {
    cancelIdleCallback(handle)
  }
}
