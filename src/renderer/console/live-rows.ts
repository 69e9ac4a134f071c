import type { LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { DropJudge } from './drop-judge.ts'
import type { DropRing } from './drop-ring.ts'
import type { StoredDrop } from './drop-scan.ts'
import type { LiveRow } from './live-snapshot.ts'
import { summarizeDrop } from './summary.ts'

export interface HighlightRule {
  readonly judge: DropJudge
  /** One of the series colours, from 1. */
  readonly colour: number
}

/** Rows that stay parsed: a screen and its margins, several times over. */
const MAX_PARSED_ROWS = 500

/** Makes rows of entries of the ring. Those that were looked at lately stay: a drop of a megabyte is not parsed for each frame. */
export class LiveRows {
  readonly #ring: DropRing
  readonly #subscriptionOf: (subscriptionId: number) => LiveSubscription
  /** Where the drop lies that a rule looks at. */
  readonly #looked: StoredDrop = { bytes: new Uint8Array(0), start: 0, end: 0, elements: 0 }
  readonly #parsed = new Map<number, LiveRow>()
  #highlights: readonly HighlightRule[] = []
  #elementNames: readonly string[] = []

  constructor(ring: DropRing, subscriptionOf: (subscriptionId: number) => LiveSubscription) {
    this.#ring = ring
    this.#subscriptionOf = subscriptionOf
  }

  /** What rows are made of is other than before. */
  forget(): void {
    this.#parsed.clear()
  }

  set highlights(rules: readonly HighlightRule[]) {
    this.#highlights = rules
    this.forget()
  }

  /** The elements that rows have cells for. */
  get elementNames(): readonly string[] {
    return this.#elementNames
  }

  set elementNames(names: readonly string[]) {
    const isSame =
      names.length === this.#elementNames.length &&
      names.every((name, place) => name === this.#elementNames[place])
    if (isSame) return
    this.#elementNames = names
    this.forget()
  }

  /** The row of an entry; undefined when it left or has not come. */
  at(sequence: number): LiveRow | undefined {
    const known = this.#parsed.get(sequence)
    if (known !== undefined) return known
    const entry = this.#ring.at(sequence)
    if (entry === undefined) return undefined
    if (entry.kind === 'marker') {
      const { marker } = entry
      const subscription =
        marker.kind === 'connection-lost' ? undefined : this.#subscriptionOf(marker.subscriptionId)
      return { kind: 'marker', sequence, marker, subscription }
    }
    const { subscriptionId, receivedAtMs, text } = entry
    const row = {
      kind: 'drop',
      sequence,
      subscription: this.#subscriptionOf(subscriptionId),
      receivedAtMs,
      sizeBytes: this.#ring.sizeAt(sequence),
      summary: summarizeDrop(text, this.#elementNames),
      highlight: this.#highlightOf(sequence)
    } as const
    if (this.#parsed.size >= MAX_PARSED_ROWS) this.forget()
    this.#parsed.set(sequence, row)
    return row
  }

  #highlightOf(sequence: number): number {
    if (!this.#ring.findDrop(sequence, this.#looked)) return 0
    return this.#highlights.find(({ judge }) => judge(this.#looked) === 'yes')?.colour ?? 0
  }
}
