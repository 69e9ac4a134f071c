import { closeSync, fdatasync, openSync } from 'node:fs'

/**
 * Brings what was committed to the disk on another thread, so that the loop does not wait for the disk.
 *
 * With `synchronous = NORMAL` SQLite writes a commit into its write-ahead log and leaves the log to the operating system;
 * `FULL` differs in that each commit ends with a sync of the log (sqlite.org/pragma.html#pragma_synchronous). That sync is
 * made here: a commit followed by `sync()` is as durable as one under `FULL`.
 */
export class WalSync {
  private fileDescriptor: number | undefined

  /** The log of a database that is open: it exists then, and stays the same file until the last connection is closed. */
  constructor(databaseFile: string) {
    this.fileDescriptor = openSync(`${databaseFile}-wal`, 'r+')
  }

  /** Resolves when everything that was committed before the call is on the disk; rejects when the disk fails. */
  sync(): Promise<void> {
    const { fileDescriptor } = this
    if (fileDescriptor === undefined) return Promise.reject(new Error('the log is closed'))
    return new Promise((resolve, reject) => {
      fdatasync(fileDescriptor, (error) => {
        if (error === null) resolve()
        else reject(error)
      })
    })
  }

  /** Closing twice is harmless. */
  close(): void {
    if (this.fileDescriptor !== undefined) closeSync(this.fileDescriptor)
    this.fileDescriptor = undefined
  }
}
