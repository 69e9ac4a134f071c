import { nextTask } from '../ui/next-task.ts'

/** Half a frame: what waits for the same thread waits no longer. */
const SLICE_MS = 8

/**
 * Runs long work in slices, and lets whatever else arrived at this thread go between two of them. `onSlice`: what was done so
 * far can be told.
 */
export async function inSlices<T>(steps: Generator<void, T>, onSlice: () => void = () => {}): Promise<T> {
  for (;;) {
    const endMs = performance.now() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done === true) return step.value
    } while (performance.now() < endMs)
    onSlice()
    await nextTask()
  }
}
