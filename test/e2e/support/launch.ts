import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { chooseRuntime } from '../../../build/runtime.mjs'

/** The app as a person has it: started on a profile of its own, its one window open. */
export interface RunningApp {
  readonly app: ElectronApplication
  readonly page: Page
  readonly profile: string
  /** Ends the app as a person does, by closing its window. */
  close(): Promise<void>
}

const appDirectory = resolve(import.meta.dirname, '../../..')

/** A fresh profile folder; `removeProfile` takes it away again. */
export const makeProfile = (): string => mkdtempSync(join(tmpdir(), 'flowscope-e2e-'))

export const removeProfile = (profile: string): void => {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/** Starts the app: Electron or the host, as `build/runtime.mjs` chooses. Tests do not see the difference. */
export async function launch(
  profile: string,
  {
    args = [],
    environment = {}
  }: { args?: readonly string[]; environment?: Readonly<Record<string, string>> } = {}
): Promise<RunningApp> {
  const runtime = await chooseRuntime({ quiet: true })
  const app = await _electron.launch({
    executablePath: runtime.executablePath,
    args: [...runtime.args, appDirectory, '--profile', profile, ...args],
    env: { ...inherited(), ...runtime.env, ...environment },
    timeout: 30_000,
    // The theme is the app's own choice, not Playwright's.
    colorScheme: null
  })
  const page = await app.firstWindow()
  return {
    app,
    page,
    profile,
    close: async () => {
      await app.close()
    }
  }
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  )
}
