import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectDir, SetupError } from './project.mjs'
import { runCommand } from './run-command.mjs'

/** Older Nodes lack what these scripts themselves use. */
const MINIMUM_NODE_MAJOR = 20

/**
 * Throws a sentence on a Node that is too old.
 * @param {string} [version]
 */
export function checkNode(version = process.versions.node) {
  if (Number(version.split('.')[0]) >= MINIMUM_NODE_MAJOR) return
  throw new SetupError(
    `This is Node ${version}, and Flowscope needs Node ${String(MINIMUM_NODE_MAJOR)} or newer. Install it from https://nodejs.org, then try again.`
  )
}

/**
 * Installs the npm packages, when they are not those of the lock file. Throws a sentence when npm fails.
 * @param {string} [dir]  The folder of the project.
 */
export async function installPackages(dir = projectDir) {
  const lockHash = hashOf(readFileSync(join(dir, 'package-lock.json')))
  const stampFile = join(dir, 'node_modules', '.flowscope-lock')
  if (arePackagesInstalled(dir, lockHash, stampFile)) return
  process.stderr.write('Packages: installing with npm ci, a minute or less …\n')
  const startedAt = Date.now()
  const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], dir)
  if (code !== 0) {
    throw new SetupError(
      `The npm packages could not be installed (npm ci ended with ${String(code)}). Try "npm ci" by hand. It said:\n${output.trim()}`
    )
  }
  writeFileSync(stampFile, lockHash)
  process.stderr.write(`Packages: installed in ${((Date.now() - startedAt) / 1000).toFixed(0)} s.\n`)
}

/**
 * @param {string} dir
 * @param {string} lockHash
 * @param {string} stampFile
 */
function arePackagesInstalled(dir, lockHash, stampFile) {
  if (!existsSync(join(dir, 'node_modules', '.bin', 'node'))) return false
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash) return true
  if (!agreesWithLock(dir)) return false
  writeFileSync(stampFile, lockHash)
  return true
}

/**
 * Whether somebody ran npm already: it leaves a lock file of what it installed. Packages for other systems are missing
 * there, and may be.
 * @param {string} dir
 */
export function agreesWithLock(dir) {
  const installedFile = join(dir, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const wanted = packagesOf(join(dir, 'package-lock.json'))
  const installed = packagesOf(installedFile)
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    return found === undefined ? optional === true : found.version === version
  })
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages
}

/**
 * npm as it was started, when it started us; a `npm` from the path otherwise.
 * @param {string[]} parameters
 * @param {string} cwd
 */
function runNpm(parameters, cwd) {
  const npm = process.env['npm_execpath']
  return npm?.endsWith('.js')
    ? runCommand(process.execPath, [npm, ...parameters], { cwd })
    : runCommand('npm', parameters, { cwd })
}

/** @param {Buffer} bytes */
function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
