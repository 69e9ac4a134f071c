import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Only its owner may look into a folder that the app makes. */
const FOLDER_MODE = 0o700

/**
 * Makes a folder and those above it.
 *
 * Step by step, because Node's own recursive form never returns where a folder's parent refuses with "no such file", as
 * below /proc.
 *
 * @throws the file system's error for the first folder that cannot be made.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolder(parent)
  mkdirSync(folder, { mode: FOLDER_MODE })
}
