import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'

/** The process that has the database of this profile open. */
export function platformProcess(ofProfile: string): number {
  const database = join(ofProfile, 'platform', 'platform.db')
  expect(existsSync(database)).toBe(true)
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlink(`/proc/${pid}/fd/${fd}`))
      if (links.includes(database)) return Number(pid)
    } catch {
      // The process ended meanwhile, or belongs to somebody else.
    }
  }
  throw new Error(`No process has ${database} open.`)
}

function readlink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
