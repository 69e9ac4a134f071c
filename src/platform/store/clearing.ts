import type { Log } from '../log.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Statements } from './sqlite-statements.ts'

/** How many drops are cleared away at a time: few, for each may be as large as a body. */
const DROPS_AT_A_TIME = 32
/** How long clearing may hold up the loop, and how long it rests before it goes on. */
const TURN_MS = 2
const PAUSE_MS = 5
/** Sorts behind the id of every drop. */
const BEHIND_ALL_IDS = 'e'

/**
 * Clears away the drops of emptied, deleted and much reduced flows: they belong to no flow any more, and go a little at a
 * time, however many they are. What is left when the platform ends goes after the next start.
 */
export class Clearing {
  private readonly statements: Statements
  private readonly group: GroupCommit
  private readonly log: Log
  private timer: NodeJS.Timeout | undefined

  constructor(statements: Statements, group: GroupCommit, log: Log) {
    this.statements = statements
    this.group = group
    this.log = log
    this.goOnLater()
  }

  /** Notes, inside a change, that the drops under a number are to go; those before an id when one is given. */
  abandon(flowNumber: number, beforeId?: string): void {
    this.statements.abandon.run(flowNumber, beforeId ?? BEHIND_ALL_IDS)
    this.goOnLater()
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private goOnLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      try {
        if (this.clear()) this.goOnLater()
      } catch (error) {
        // It is tried again when the next flow is emptied, or at the next start.
        const reason = error instanceof Error ? error.message : String(error)
        this.log.warn({ reason }, 'drops that belong to no flow could not be cleared away')
      }
    }, PAUSE_MS).unref()
  }

  /** Clears for a turn; whether there is more. */
  private clear(): boolean {
    const abandoned = this.statements.abandoned.get()
    if (abandoned === undefined) return false
    const { flow = null, before_id: beforeId = null } = abandoned
    const endMs = performance.now() + TURN_MS
    this.group.change(() => {
      do {
        const { changes } = this.statements.clear.run(flow, beforeId, DROPS_AT_A_TIME)
        if (changes < DROPS_AT_A_TIME) {
          this.statements.forgetAbandoned.run(flow)
          break
        }
      } while (performance.now() < endMs)
    })
    return true
  }
}
