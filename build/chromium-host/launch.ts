/** Started by electron-host: the browser first, so that it starts while the app's modules load. */
import { startChromium } from './chromium.ts'
import { CHROMIUM_MISSING, findChromium } from './chromium-places.mjs'
import { readLaunchOptions, type LaunchOptions } from './launch-options.ts'

const options = readOptions()
const binary = findChromium(process.env)
if (binary === undefined) fail(CHROMIUM_MISSING)
const { debugPortNumber, isHeadless } = options
const chromium = startChromium({ binary, debugPortNumber, isHeadless })
const { runApp } = await import('./run-app.ts')
await runApp(options, chromium)

function readOptions(): LaunchOptions {
  try {
    return readLaunchOptions(process.argv.slice(2), process.env, process.cwd())
  } catch (error) {
    return fail((error as Error).message)
  }
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
