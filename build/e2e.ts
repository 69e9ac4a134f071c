/** `npm run test:e2e`: the end-to-end tests alone; arguments behind `--` go to Playwright. */
import { runPlaywright } from './run-playwright.mjs'
import { runScript } from './setup.mjs'

await runScript(() => runPlaywright('playwright.config.ts', process.argv.slice(2)))
