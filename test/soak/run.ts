import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * `npm run -s soak -- NAME [COUNT] [SEED]`: treats a platform badly for a while. Progress goes to stderr; the last line
 * on stdout is the result as JSON; the exit code is 1 when something was found.
 */
const [name = '', countText, seedText = String(Date.now() % 1_000_000)] = process.argv.slice(2)
const file = join(import.meta.dirname, `${name}.ts`)
const NOT_SOAKS = new Set(['run', 'random', 'live-account'])

if (!/^[a-z-]+$/.test(name) || NOT_SOAKS.has(name) || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname)
    .map((entry) => entry.replace(/\.ts$/, ''))
    .filter((entry) => !NOT_SOAKS.has(entry))
  process.stderr.write(`Usage: soak NAME [COUNT] [SEED], where NAME is one of: ${names.join(', ')}.\n`)
  process.exit(2)
}

const { soak, FULL_COUNT } = (await import(pathToFileURL(file).href)) as { soak: Soak; FULL_COUNT: number }
const count = Number(countText ?? FULL_COUNT)
const seed = Number(seedText)
const result = await soak(count, seed, (text) => process.stderr.write(`${text}\n`))
process.stdout.write(`${JSON.stringify({ soak: name, count, seed, ...result })}\n`)
process.exitCode = result.findings.length > 0 ? 1 : 0

/** Runs so many attempts and says what went wrong, and figures worth knowing. */
export type Soak = (count: number, seed: number, tell: (text: string) => void) => Promise<SoakResult>

export interface SoakResult {
  readonly findings: readonly string[]
  readonly figures: Readonly<Record<string, number>>
}
