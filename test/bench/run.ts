import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * `npm run -s bench -- NAME`: runs one benchmark. Each figure is one JSON line on stdout; what it is about and its
 * progress go to stderr.
 */
const NOT_BENCHMARKS = new Set(['run.ts', 'figure.ts', 'peg-filter.ts', 'push-order.ts', 'push-source.ts'])
const name = process.argv[2] ?? ''
const file = join(import.meta.dirname, `${name}.ts`)

if (!/^[a-z-]+$/.test(name) || NOT_BENCHMARKS.has(`${name}.ts`) || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname)
    .filter((entry) => entry.endsWith('.ts') && !NOT_BENCHMARKS.has(entry))
    .map((entry) => entry.slice(0, -3))
  process.stderr.write(`There is no benchmark "${name}". Choose one of: ${names.join(', ')}.\n`)
  process.exit(2)
}

await import(pathToFileURL(file).href)
