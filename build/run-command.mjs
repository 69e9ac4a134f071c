import { spawn } from 'node:child_process'
import { projectDir } from './project.mjs'

/**
 * @typedef {object} CommandResult
 * @property {number} code  The exit code; 128 and the signal's number when a signal ended it, as in a shell.
 * @property {string} output  What it wrote on stdout and stderr, when it was captured.
 */

/**
 * Runs a command to its end. Its output is captured, or shown when `isShown` is set.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ isShown?: boolean, cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(
  command,
  parameters,
  { isShown = false, cwd = projectDir, env = process.env } = {}
) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      cwd,
      env,
      stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe']
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    // Ended from outside, this process takes the command with it.
    const stop = () => {
      child.kill('SIGTERM')
      process.exit(128 + SIGNAL_NUMBERS.SIGTERM)
    }
    process.once('SIGTERM', stop)
    child.on('close', () => process.off('SIGTERM', stop))
    child.on('error', (error) => {
      resolve({ code: 127, output: error.message })
    })
    child.on('close', (code, signal) => {
      resolve({ code: exitCodeOf(code, signal), output })
    })
  })
}

/** Signals that a person sends, and their numbers (signal(7)). */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(code, signal) {
  if (code !== null) return code
  return 128 + (SIGNAL_NUMBERS[/** @type {keyof typeof SIGNAL_NUMBERS} */ (signal)] ?? 0)
}
