import { CREDIT_CHARACTERS, CREDIT_DROPS } from '../../shared/ipc/live-port.ts'
import type { LiveCredit, LiveMessage } from '../../shared/ipc/live-port.ts'

/** Half of what is granted may be used before the grant is renewed: few messages, and main never waits for one. */
const RENEWAL_SHARE = 0.5

/** What the worker has taken from the live port, and when main must hear of it. */
export class DropCredit {
  #takenDrops = 0
  #takenCharacters = 0
  #grantedDrops = 0
  #grantedCharacters = 0

  /** The grant that opens the port. */
  open(): LiveCredit {
    return this.#grant()
  }

  /** Counts a message; answers the renewed grant when it is due. */
  take(message: LiveMessage): LiveCredit | undefined {
    if (message.kind !== 'drops') return undefined
    this.#takenDrops += message.texts.length
    for (const text of message.texts) this.#takenCharacters += text.length
    const isDue =
      this.#grantedDrops - this.#takenDrops < CREDIT_DROPS * RENEWAL_SHARE ||
      this.#grantedCharacters - this.#takenCharacters < CREDIT_CHARACTERS * RENEWAL_SHARE
    return isDue ? this.#grant() : undefined
  }

  #grant(): LiveCredit {
    this.#grantedDrops = this.#takenDrops + CREDIT_DROPS
    this.#grantedCharacters = this.#takenCharacters + CREDIT_CHARACTERS
    return { kind: 'credit', totalDrops: this.#grantedDrops, totalCharacters: this.#grantedCharacters }
  }
}
