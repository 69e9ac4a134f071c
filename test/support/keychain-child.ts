import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import type { KeychainChild } from '../../src/main/tokens/keychain.ts'

/** The real process of the keychain, started from its source as Electron starts the bundled one. */
const ENTRY = resolve(import.meta.dirname, '../../src/main/tokens/keychain-process.ts')

/** Starts it in the environment of a test's own secret service; `children` gets each process. */
export function forkKeychain(
  environment: Readonly<Record<string, string>>,
  children: ChildProcess[] = []
): KeychainChild {
  const child = fork(ENTRY, [], { env: { ...process.env, ...environment }, silent: true })
  children.push(child)
  return {
    postMessage: (message) => child.connected && child.send(message),
    onMessage: (callback) => child.on('message', callback),
    onExit: (callback) => child.on('exit', callback),
    kill: () => child.kill()
  }
}
