import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  watch,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'

/** What a second copy tells the first. */
export interface SecondInstance {
  readonly argv: readonly string[]
  readonly workingDir: string
  readonly additionalData: unknown
}

export interface InstanceLock {
  /** Twice is harmless. */
  release(): void
}

const LOCK_DIR = '.host-instance'

/**
 * Takes the lock of a data folder. Undefined when a living process holds it: that one's `onSecond` is called with `own`.
 * The lock of a process that was killed is taken over.
 *
 * The lock is a file with the id of its process, made by linking a finished file to the name, which the file system does
 * or refuses at once. Messages are files beside it, watched by the holder: everything here can answer synchronously.
 */
export function takeInstanceLock(
  dataDir: string,
  own: SecondInstance,
  onSecond: (second: SecondInstance) => void
): InstanceLock | undefined {
  const lockDir = join(dataDir, LOCK_DIR)
  const lockFile = join(lockDir, 'holder')
  mkdirSync(lockDir, { recursive: true })
  while (!tryLock(lockDir, lockFile)) {
    const holder = readHolder(lockFile)
    if (holder !== undefined && isRunning(holder)) {
      tellHolder(lockDir, own)
      return undefined
    }
    removeStale(lockDir, lockFile, holder)
  }

  const watcher = watch(lockDir, () => {
    for (const second of takeMessages(lockDir)) onSecond(second)
  })
  watcher.unref()
  const release = (): void => {
    watcher.close()
    process.off('exit', release)
    if (readHolder(lockFile) === identityOf(process.pid)) rmSync(lockFile, { force: true })
  }
  process.once('exit', release)
  // Told between the lock and the watch.
  setImmediate(() => {
    for (const second of takeMessages(lockDir)) onSecond(second)
  })
  return { release }
}

function tryLock(lockDir: string, lockFile: string): boolean {
  const draft = join(lockDir, `draft-${String(process.pid)}`)
  writeFileSync(draft, identityOf(process.pid) ?? '')
  try {
    linkSync(draft, lockFile)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    unlinkSync(draft)
  }
}

/** A process id is used again one day; with its start time it is not. Undefined when there is no such process. */
function identityOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    // proc_pid_stat(5): field 22 is the start time; the name in field 2 may hold spaces, and ends with the last `)`.
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    return `${String(pid)} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
  } catch {
    return String(pid)
  }
}

function isRunning(holder: string): boolean {
  return identityOf(Number(holder.split(' ')[0])) === holder
}

function readHolder(lockFile: string): string | undefined {
  try {
    return readFileSync(lockFile, 'utf8')
  } catch {
    return undefined
  }
}

/** Two starters may see the same stale lock: what was moved away must still be the stale one. */
function removeStale(lockDir: string, lockFile: string, holder: string | undefined): void {
  const aside = join(lockDir, `stale-${String(process.pid)}`)
  try {
    renameSync(lockFile, aside)
    if (readHolder(aside) !== holder) linkSync(aside, lockFile)
  } catch {
    // Another starter was faster; the next attempt sees its lock.
  }
  rmSync(aside, { force: true })
}

function tellHolder(lockDir: string, own: SecondInstance): void {
  const draft = join(lockDir, `draft-${String(process.pid)}`)
  writeFileSync(draft, JSON.stringify(own))
  renameSync(draft, join(lockDir, `second-${String(process.pid)}.json`))
}

function takeMessages(lockDir: string): SecondInstance[] {
  const names = readdirSync(lockDir).filter((name) => name.startsWith('second-'))
  return names.map((name) => {
    const file = join(lockDir, name)
    const second = JSON.parse(readFileSync(file, 'utf8')) as SecondInstance
    unlinkSync(file)
    return second
  })
}
