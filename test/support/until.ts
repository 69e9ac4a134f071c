/** Waits for a condition, looking again every few milliseconds; throws with `what` when it does not come true. */
export async function until(what: string, isTrue: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = performance.now() + limitMs
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`Not within ${String(limitMs)} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
