import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** The places inside a profile folder. */
export interface Profile {
  readonly directory: string
  readonly logFile: string
  /** The local platform's data. */
  readonly platformDirectory: string
  /** Under which name the keychain lists the tokens of this profile: no profile ever touches the tokens of another. */
  readonly keychainService: string
  /** What Chromium keeps for itself. */
  readonly sessionDirectory: string
}

export type ProfileResult =
  | { readonly ok: true; readonly value: Profile }
  /** A sentence that names the folder, the reason and the way out. */
  | { readonly ok: false; readonly message: string }

/**
 * Makes the profile folder (mode 0700: it holds data and logs of one person) and tries that files can be written in it,
 * because a run that loses every change at its end is worse than one that does not start.
 *
 * `isOwn`: whether it is the person's own profile and not one that was named on the command line.
 */
export function openProfile(directory: string, isOwn = false): ProfileResult {
  const probe = join(directory, `.write-test-${String(process.pid)}`)
  try {
    makeFolder(join(directory, 'logs'))
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    return {
      ok: false,
      message: `Flowscope cannot write to its profile folder ${directory} (${reason(error)}). Make the folder writable or choose another one with --profile DIR.`
    }
  }
  return {
    ok: true,
    value: {
      directory,
      logFile: join(directory, 'logs', 'flowscope.log'),
      platformDirectory: join(directory, 'platform'),
      keychainService: isOwn ? 'Flowscope' : `Flowscope (${directory})`,
      sessionDirectory: join(directory, 'session')
    }
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
    case 'ENOENT': // what /proc answers
      return 'no permission'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOSPC':
      return 'the disk is full'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of its path is a file'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
