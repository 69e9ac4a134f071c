import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { theHost } from './host.ts'
import { loud } from './not-implemented.ts'

/** The desktop around the app (Electron, shell). Without a desktop every verb fails with a sentence. */
export const shell = loud('shell', {
  openExternal: (url: string): Promise<void> => open(url),
  /** The reason why it failed, as text; empty when it did not. */
  openPath: (path: string): Promise<string> => open(path).then(() => '', String),
  showItemInFolder: (path: string): void => {
    open(dirname(path)).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
    })
  },
  beep: (): void => {}
})

async function open(target: string): Promise<void> {
  if (theHost().options.isHeadless) throw new Error(`${target} cannot be opened: there is no desktop here.`)
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(command, [target], { stdio: 'ignore', detached: true })
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => {
      reject(new Error(`${target} cannot be opened: the command ${command} is missing.`))
    })
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${target} cannot be opened: ${command} ended with ${String(code)}.`))
    })
  })
}
