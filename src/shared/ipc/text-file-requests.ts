import { z } from 'zod'
import { entry } from './contract-entry.ts'

const fileId = z.string().min(1).max(64)

/** Files that the window writes piece by piece, where the person said in a dialog of the system. */
export const textFileRequests = {
  /** Asks for the place; null when the person cancelled. The file gets its name when it is whole. */
  beginTextFile: entry<{ readonly filePath: string } | null>()(
    z.strictObject({ fileId, name: z.string().min(1).max(128) })
  ),
  /** Answers when the text is written: whoever waits for it never piles up. */
  appendTextFile: entry<null>()(z.strictObject({ fileId, text: z.string().max(262_144) })),
  /** Gives the file its name, or takes back what was written. */
  endTextFile: entry<null>()(z.strictObject({ fileId, isWhole: z.boolean() }))
} as const
