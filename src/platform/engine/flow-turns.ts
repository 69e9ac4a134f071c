/** Drops that may wait for their turn in one flow; each is up to 1 MiB. */
const MAX_WAITING = 64

/** Too many drops wait for a flow whose filter takes long; nothing happened. */
export class FlowBusy extends Error {
  override readonly name = 'FlowBusy'
}

/**
 * Keeps the order of the drops of a flow while one of them waits for its filter: those behind it wait too. Flows whose
 * filters answer at once, as nearly all do, are never in here.
 */
export class FlowTurns {
  readonly #flows = new Map<string, { tail: Promise<unknown>; waiting: number }>()

  /** Whether a drop of the flow waits for its filter. */
  isHeld(flowId: string): boolean {
    return this.#flows.has(flowId)
  }

  /**
   * Runs the task when everything before it in the flow is done.
   *
   * @throws FlowBusy when too many wait.
   */
  async take<Value>(flowId: string, task: () => Promise<Value>): Promise<Value> {
    const turns = this.#flows.get(flowId) ?? { tail: Promise.resolve(), waiting: 0 }
    if (turns.waiting >= MAX_WAITING) throw new FlowBusy('too many drops wait for the filter of the flow')
    this.#flows.set(flowId, turns)
    const done = turns.waiting === 0 ? task() : turns.tail.then(task)
    turns.waiting += 1
    turns.tail = done.catch(() => {
      // Whoever took the turn hears of it.
    })
    try {
      return await done
    } finally {
      turns.waiting -= 1
      if (turns.waiting === 0) this.#flows.delete(flowId)
    }
  }
}
