import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * `npm run -s fuzz -- NAME SECONDS [SEED]`: runs one fuzzer for a time. The last line on stdout is its result as JSON;
 * the exit code is 1 when it found something.
 */
const [name = '', secondsText = '60', seedText = String(Date.now())] = process.argv.slice(2)
const file = join(import.meta.dirname, `${name}.ts`)
const seconds = Number(secondsText)

if (!/^[a-z-]+$/.test(name) || name === 'run' || !existsSync(file) || !(seconds > 0)) {
  const names = readdirSync(import.meta.dirname)
    .filter((entry) => entry.endsWith('.ts') && entry !== 'run.ts')
    .map((entry) => entry.slice(0, -3))
  process.stderr.write(`Usage: fuzz NAME SECONDS [SEED], where NAME is one of: ${names.join(', ')}.\n`)
  process.exit(2)
}

const { fuzz } = (await import(pathToFileURL(file).href)) as { fuzz: Fuzz }
const found = fuzz(seconds, Number(seedText))
process.stdout.write(`${JSON.stringify({ fuzz: name, seconds, seed: Number(seedText), ...found })}\n`)
process.exitCode = found.findings.length > 0 ? 1 : 0

/** Runs for a time and says how much was tried and what went wrong. */
export type Fuzz = (
  seconds: number,
  seed: number
) => { readonly runs: number; readonly slowestMs: number; readonly findings: readonly string[] }
