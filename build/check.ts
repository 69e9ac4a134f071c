/** `npm run check`: types in every room, lint and format. */
import { runChecks } from './checks.mjs'

const { passed, failed } = await runChecks()
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
