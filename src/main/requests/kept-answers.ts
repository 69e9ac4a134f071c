import { MAX_SHOWN_ANSWER_BYTES } from '../../shared/model/platform-request.ts'
import type { RequestAnswer } from '../../shared/model/platform-request.ts'
import type { WholeAnswer } from './send-request.ts'

/** Answers whose whole bodies main keeps, so that they can be looked at, copied and saved without asking again. */
export interface KeptAnswers {
  keep(requestId: string, answer: WholeAnswer): void
  /** Undefined when it was never there or made room for others. */
  whole(requestId: string): WholeAnswer | undefined
  /** As much of it as the window is sent. */
  shown(requestId: string): RequestAnswer | undefined
}

/** A batch of the largest size and some before it. */
const MAX_ANSWERS = 1000
/** Of text, two bytes a character: what a window may cost that nobody closes. */
const MAX_TOTAL_CHARACTERS = 96 * 1_048_576

/** The oldest leave when there are too many or they are too long together; the last one always stays. */
export function createKeptAnswers(): KeptAnswers {
  const answers = new Map<string, WholeAnswer>()
  let totalCharacters = 0
  const forget = (requestId: string): void => {
    totalCharacters -= answers.get(requestId)?.text.length ?? 0
    answers.delete(requestId)
  }
  return {
    keep: (requestId, answer) => {
      forget(requestId)
      answers.set(requestId, answer)
      totalCharacters += answer.text.length
      for (const oldest of answers.keys()) {
        if (answers.size <= 1) break
        if (answers.size <= MAX_ANSWERS && totalCharacters <= MAX_TOTAL_CHARACTERS) break
        forget(oldest)
      }
    },
    whole: (requestId) => answers.get(requestId),
    shown: (requestId) => {
      const answer = answers.get(requestId)
      return answer === undefined ? undefined : shown(requestId, answer)
    }
  }
}

function shown(requestId: string, { isTooLarge, ...answer }: WholeAnswer): RequestAnswer {
  const text = firstBytes(answer.text, MAX_SHOWN_ANSWER_BYTES)
  return { requestId, ...answer, text, isCut: isTooLarge || text.length < answer.text.length }
}

/** The beginning of a text that takes at most `bytes` as UTF-8, no character cut in two. */
export function firstBytes(text: string, bytes: number): string {
  // A character takes at least one byte: what lies behind cannot fit.
  const { read } = new TextEncoder().encodeInto(text.slice(0, bytes), new Uint8Array(bytes))
  return text.slice(0, read)
}
