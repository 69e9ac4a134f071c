// npm start: sets up, builds when needed, and opens the app. Arguments behind `--` go to the app.
import { spawn } from 'node:child_process'
import { buildIfStale } from './app-build.mjs'
import { projectDir } from './project.mjs'
import { exitCodeOf } from './run-command.mjs'
import { runScript, setUp } from './setup.mjs'
import { withAbsolutePaths } from './start-arguments.mjs'

await runScript(async () => {
  const runtime = await setUp()
  await buildIfStale()
  // npm says where the person stands.
  const workingDir = process.env['INIT_CWD'] ?? process.cwd()
  const parameters = withAbsolutePaths(process.argv.slice(2), workingDir)
  return runApp(runtime, parameters)
})

/**
 * Runs the app to its end.
 * @param {import('./runtime.mjs').Runtime} runtime
 * @param {readonly string[]} parameters
 * @returns {Promise<number>} The app's own exit code.
 */
function runApp(runtime, parameters) {
  return new Promise((resolve) => {
    const child = spawn(runtime.executablePath, [...runtime.args, projectDir, ...parameters], {
      cwd: projectDir,
      env: { ...process.env, ...runtime.env },
      stdio: 'inherit'
    })
    // A terminal sends Ctrl-C to the app as well; a signal to this process alone is handed on.
    process.on('SIGINT', () => {})
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal))
    }
    child.on('error', (error) => {
      process.stderr.write(`${runtime.executablePath} could not be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      resolve(exitCodeOf(code, signal))
    })
  })
}
