/** `npm run test:e2e`: the end-to-end tests alone; arguments behind `--` go to Playwright. */
import { join } from 'node:path'
import { buildIfStale } from './app-build.mjs'
import { projectDir, projectNode } from './project.mjs'
import { runCommand } from './run-command.mjs'
import { runScript, setUp } from './setup.mjs'

await runScript(async () => {
  const runtime = await setUp({ isForTests: true })
  await buildIfStale()
  const tool = join(projectDir, 'node_modules', '@playwright', 'test', 'cli.js')
  const parameters = [tool, 'test', '--config', 'test/e2e/playwright.config.ts', ...process.argv.slice(2)]
  // Chosen once, here: no test looks for a download site of its own.
  const env = { ...process.env, FLOWSCOPE_RUNTIME: runtime.kind }
  const { code } = await runCommand(projectNode, parameters, { isShown: true, env })
  return code
})
