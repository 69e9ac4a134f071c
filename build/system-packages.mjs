import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHROMIUM_MISSING, findChromium } from './chromium-host/chromium-places.mjs'
import { projectDir, SetupError } from './project.mjs'
import { runCommand } from './run-command.mjs'

/**
 * @typedef {object} SystemPackage
 * @property {string} name  Its name for apt.
 * @property {() => boolean} isInstalled
 */

/** @type {SystemPackage} */
const CHROMIUM = { name: 'chromium', isInstalled: () => findChromium(process.env) !== undefined }

/**
 * What the vault for API tokens needs. Without it the app keeps tokens in memory and says so.
 * @type {readonly SystemPackage[]}
 */
const KEYRING = [
  { name: 'libsecret-1-0', isInstalled: hasLibsecret },
  { name: 'dbus', isInstalled: () => existsSync('/usr/bin/dbus-run-session') },
  { name: 'gnome-keyring', isInstalled: () => existsSync('/usr/bin/gnome-keyring-daemon') }
]

/** Remembers that apt could not bring the keyring, so that not every start asks it again; a fresh `npm ci` forgets. */
const KEYRING_NOTE = join(projectDir, 'node_modules', '.flowscope-no-keyring')

/**
 * Makes sure of the system's packages. As root on Debian and its kin it installs what is missing; elsewhere, or when apt
 * fails, a missing Chromium that is needed throws one sentence with the command, and a missing keyring is let be.
 * @param {{ isChromiumNeeded: boolean }} needs
 */
export async function installSystemPackages({ isChromiumNeeded }) {
  if (process.platform !== 'linux') {
    if (isChromiumNeeded && !CHROMIUM.isInstalled()) throw new SetupError(CHROMIUM_MISSING)
    return
  }
  const wanted = [...(isChromiumNeeded ? [CHROMIUM] : []), ...(existsSync(KEYRING_NOTE) ? [] : KEYRING)]
  const missing = wanted.filter((systemPackage) => !systemPackage.isInstalled())
  if (missing.length === 0) return
  const isChromiumMissing = missing.includes(CHROMIUM)
  if (!canUseApt()) {
    if (isChromiumMissing) throw new SetupError(CHROMIUM_MISSING)
    return
  }
  const names = missing.map(({ name }) => name)
  process.stderr.write(`System packages: installing ${names.join(', ')} with apt …\n`)
  const { code, output } = await runApt(names)
  if (code === 0) return
  if (isChromiumMissing && !CHROMIUM.isInstalled())
    throw new SetupError(`${CHROMIUM_MISSING} apt said:\n${lastLines(output)}`)
  writeFileSync(KEYRING_NOTE, names.join(' '))
  process.stderr.write(`System packages: ${names.join(', ')} could not be installed; going on without.\n`)
}

/** A file that was chosen by hand is not something apt can bring. */
function canUseApt() {
  const isRoot = process.getuid?.() === 0
  return isRoot && existsSync('/usr/bin/apt-get') && !process.env['FLOWSCOPE_CHROMIUM']
}

/** @param {readonly string[]} names */
async function runApt(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const update = await runCommand('apt-get', ['update', '-q'], { env })
  if (update.code !== 0) return update
  return runCommand('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env })
}

/** The library lies in a folder named after the machine, like `x86_64-linux-gnu`. */
function hasLibsecret() {
  const folders = readdirSync('/usr/lib').filter(
    (name) => name.endsWith('-linux-gnu') || name.startsWith('libsecret')
  )
  return [...folders.map((name) => `/usr/lib/${name}`), '/usr/lib', '/usr/lib64'].some((dir) =>
    existsSync(`${dir}/libsecret-1.so.0`)
  )
}

/** @param {string} output */
function lastLines(output) {
  return output.trim().split('\n').slice(-5).join('\n')
}
