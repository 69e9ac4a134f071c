import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProfile } from '../../src/main/profile.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-profile-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

test('makes the folder for its person alone and leaves nothing of the trial behind', () => {
  const profile = openProfile(join(directory, 'a', 'b'))
  expect(profile).toMatchObject({ ok: true, value: { logFile: join(directory, 'a/b/logs/flowscope.log') } })
  expect(statSync(join(directory, 'a/b')).mode & 0o777).toBe(0o700)
  expect(readdirSync(join(directory, 'a/b'))).toEqual(['logs'])
})

test('a folder that cannot be written is a sentence with its name and the way out', () => {
  writeFileSync(join(directory, 'file'), '')
  const profile = openProfile(join(directory, 'file', 'profile'))
  expect(profile.ok ? '' : profile.message).toBe(
    `Flowscope cannot write to its profile folder ${directory}/file/profile (a part of its path is a file). Make the folder writable or choose another one with --profile DIR.`
  )
})

test.runIf(process.platform === 'linux')('so is one that the system keeps for itself, for root too', () => {
  expect(openProfile('/proc/flowscope').ok).toBe(false)
})

test('tokens of a profile that was chosen are listed apart from those of the person’s own', () => {
  const chosen = openProfile(join(directory, 'chosen'))
  const own = openProfile(join(directory, 'own'), true)
  expect([chosen, own]).toMatchObject([
    { value: { keychainService: `Flowscope (${join(directory, 'chosen')})` } },
    { value: { keychainService: 'Flowscope' } }
  ])
})
