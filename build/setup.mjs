import { checkNode, installPackages } from './packages.mjs'
import { SetupError } from './project.mjs'
import { chooseRuntime } from './runtime.mjs'
import { installSystemPackages } from './system-packages.mjs'

/** @typedef {import('./runtime.mjs').Runtime} Runtime */

/**
 * Makes the machine ready: Node, npm packages, what runs the app, system packages. The second time it only looks.
 * Throws a `SetupError` with what to do.
 * @param {{ isForTests?: boolean }} [options]  Tests need Chromium in any case: the host is tested everywhere.
 * @returns {Promise<Runtime>}
 */
export async function setUp({ isForTests = false } = {}) {
  checkNode()
  await installPackages()
  const runtime = await chooseRuntime()
  await installSystemPackages({ isChromiumNeeded: isForTests || runtime.kind === 'host' })
  return runtime
}

/**
 * Runs a script's main function: its result is the exit code, and a failure that a person can mend is one sentence.
 * @param {() => Promise<number>} main
 */
export async function runScript(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    process.exitCode = 1
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`${error.message}\n`)
  }
}
