/** `npm run screens`: a picture of every view, light and dark, into `test/e2e/screens/`. */
import { runPlaywright } from './run-playwright.mjs'
import { runScript } from './setup.mjs'

await runScript(() => runPlaywright('screens.config.ts', process.argv.slice(2)))
