import { spawn } from 'node:child_process'
import { projectDir } from './project.mjs'
import { exitCodeOf } from './run-command.mjs'

/**
 * Runs a command in place of this process: with its terminal, its signals, and its exit code as the result.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function runInFront(command, parameters, env) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: projectDir, env, stdio: 'inherit' })
    // A terminal sends Ctrl-C to both; a process that is told to end twice ends once.
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal))
    }
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      resolve(exitCodeOf(code, signal))
    })
  })
}
