// npm start: sets up, builds when needed, and opens the app. Arguments behind `--` go to the app.
import { buildIfStale } from './app-build.mjs'
import { projectDir } from './project.mjs'
import { runInFront } from './run-in-front.mjs'
import { runScript, setUp } from './setup.mjs'
import { withAbsolutePaths } from './start-arguments.mjs'

await runScript(async () => {
  const runtime = await setUp()
  await buildIfStale()
  // npm says where the person stands.
  const workingDir = process.env['INIT_CWD'] ?? process.cwd()
  const parameters = withAbsolutePaths(process.argv.slice(2), workingDir)
  const env = { ...process.env, ...runtime.env }
  return runInFront(runtime.executablePath, [...runtime.args, projectDir, ...parameters], env)
})
