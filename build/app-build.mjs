import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectDir, projectNode, SetupError } from './project.mjs'
import { runCommand } from './run-command.mjs'

/** What the built app depends on, besides everything in `src`. */
const BUILD_FILES = [
  'electron.vite.config.ts',
  'svelte.config.js',
  'tsconfig.json',
  'package.json',
  'package-lock.json'
]

/**
 * Builds the app into `out/` unless it is built already from these very sources. Throws with the bundler's words when the
 * build fails.
 */
export async function buildIfStale() {
  const fingerprint = fingerprintOf(projectDir)
  if (isBuilt(projectDir, fingerprint)) return
  process.stderr.write('Build: the sources have changed …\n')
  const startedAt = Date.now()
  const bundler = join(projectDir, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const { code, output } = await runCommand(projectNode, [bundler, 'build', '--logLevel', 'warn'])
  if (code !== 0) throw new SetupError(`The app could not be built:\n${output.trim()}`)
  // The fingerprint from before: what was saved while the bundler ran is built next time.
  markBuilt(projectDir, fingerprint)
  process.stderr.write(`Build: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n`)
}

/**
 * Names, sizes and times of all sources as one text: it changes when any of them does.
 * @param {string} dir  The folder of the project.
 */
export function fingerprintOf(dir) {
  const hash = createHash('sha256')
  const sources = readdirSync(join(dir, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of [...sources, ...BUILD_FILES.map((name) => join(dir, name))]) {
    if (!existsSync(file)) continue
    const { size, mtimeMs } = statSync(file)
    hash.update(`${file.slice(dir.length)}\0${String(size)}\0${String(mtimeMs)}\n`)
  }
  return hash.digest('hex')
}

/**
 * @param {string} dir
 * @param {string} fingerprint
 */
export function isBuilt(dir, fingerprint) {
  const stampFile = stampOf(dir)
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint
}

/**
 * @param {string} dir
 * @param {string} fingerprint
 */
export function markBuilt(dir, fingerprint) {
  mkdirSync(dirname(stampOf(dir)), { recursive: true })
  writeFileSync(stampOf(dir), fingerprint)
}

/** @param {string} dir */
function stampOf(dir) {
  return join(dir, 'out', '.flowscope-build')
}
