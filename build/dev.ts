/** `npm run dev`: the app from its sources, with hot reload of the window and a restart when the main process changes. */
import { join } from 'node:path'
import { projectDir, projectNode } from './project.mjs'
import { runInFront } from './run-in-front.mjs'
import { runScript, setUp } from './setup.mjs'
import { withAbsolutePaths } from './start-arguments.mjs'

await runScript(async () => {
  const runtime = await setUp()
  const bundler = join(projectDir, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const workingDir = process.env['INIT_CWD'] ?? process.cwd()
  const parameters = withAbsolutePaths(process.argv.slice(2), workingDir)
  const env = {
    ...process.env,
    ...runtime.env,
    ELECTRON_EXEC_PATH: runtime.executablePath,
    ...(runtime.args.includes('--no-sandbox') ? { NO_SANDBOX: '1' } : {})
  }
  return runInFront(projectNode, [bundler, 'dev', '--watch', '--', ...parameters], env)
})
