import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectDir, SetupError } from './project.mjs'
import { runCommand } from './run-command.mjs'

/**
 * What runs the app: started as `executablePath ...args APPDIR ...arguments of the app`, with `env` on top of the
 * environment.
 * @typedef {object} Runtime
 * @property {'electron' | 'host'} kind
 * @property {string} executablePath
 * @property {string[]} args
 * @property {Record<string, string>} env
 * @property {string} reason  Why this one, in words.
 */

/**
 * What the choice depends on; tests pass their own.
 * @typedef {object} Surroundings
 * @property {NodeJS.ProcessEnv} environment
 * @property {NodeJS.Platform} platform
 * @property {boolean} isRoot
 * @property {() => string | undefined} findElectron  Its executable, when it is there.
 * @property {() => Promise<boolean>} canDownload  Whether Electron's download site answers.
 * @property {() => Promise<boolean>} download  Fetches Electron; whether it came.
 */

/** Longer than a slow line takes to answer, shorter than a person waits for nothing. */
const DOWNLOAD_SITE_TIMEOUT_MS = 3000

const HOST = join(projectDir, 'build', 'chromium-host', 'electron-host')

/**
 * The one choice of what runs the app. `FLOWSCOPE_RUNTIME=electron|host` wins; else Electron, if its binary is there or
 * can be downloaded, and there is a screen for it; else the Chromium host. One line on stderr says which, and why.
 * Throws a `SetupError` when the wish cannot be met.
 * @param {{ quiet?: boolean } & Partial<Surroundings>} [options]
 * @returns {Promise<Runtime>}
 */
export async function chooseRuntime({ quiet = false, ...given } = {}) {
  const surroundings = { ...realSurroundings(), ...given }
  const { kind, executablePath, reason } = await choose(surroundings)
  if (!quiet)
    process.stderr.write(`Runtime: ${kind === 'host' ? 'Chromium host' : 'Electron'}, because ${reason}.\n`)
  // Chromium refuses to run its sandbox for root; the host sees to that itself.
  const isUnsandboxed = kind === 'electron' && surroundings.isRoot && surroundings.platform === 'linux'
  return { kind, executablePath, args: isUnsandboxed ? ['--no-sandbox'] : [], env: {}, reason }
}

/**
 * @param {Surroundings} surroundings
 * @returns {Promise<Pick<Runtime, 'kind' | 'executablePath' | 'reason'>>}
 */
async function choose({ environment, platform, findElectron, canDownload, download }) {
  const wish = environment['FLOWSCOPE_RUNTIME']
  /** @param {string} reason @returns {Pick<Runtime, 'kind' | 'executablePath' | 'reason'>} */
  const host = (reason) => ({ kind: 'host', executablePath: HOST, reason })
  /** @param {string} executablePath @param {string} reason @returns {Pick<Runtime, 'kind' | 'executablePath' | 'reason'>} */
  const electron = (executablePath, reason) => ({ kind: 'electron', executablePath, reason })

  if (wish === 'host') return host('FLOWSCOPE_RUNTIME says so')
  if (wish !== undefined && wish !== '' && wish !== 'electron') {
    throw new SetupError(`FLOWSCOPE_RUNTIME is "${wish}". It can be "electron" or "host", or be left out.`)
  }
  const installed = findElectron()
  if (wish === 'electron') {
    if (installed) return electron(installed, 'FLOWSCOPE_RUNTIME says so')
    const downloaded = (await download()) ? findElectron() : undefined
    if (downloaded) return electron(downloaded, 'FLOWSCOPE_RUNTIME says so')
    throw new SetupError(
      'FLOWSCOPE_RUNTIME asks for Electron, but its binary is not installed and could not be downloaded. ' +
        'Run "node node_modules/electron/install.js" where its download site can be reached, or leave FLOWSCOPE_RUNTIME out.'
    )
  }
  const hasScreen = platform !== 'linux' || Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY'])
  if (!hasScreen) return host('there is no display, and Electron needs one')
  if (environment['FLOWSCOPE_HEADLESS'] === '1')
    return host('FLOWSCOPE_HEADLESS is set, and Electron needs a display')
  if (installed) return electron(installed, 'its binary is installed')
  if (!(await canDownload()))
    return host("Electron's binary is not installed and its download site does not answer")
  const downloaded = (await download()) ? findElectron() : undefined
  if (downloaded) return electron(downloaded, 'its binary was downloaded')
  return host("Electron's binary could not be downloaded")
}

/** @returns {Surroundings} */
function realSurroundings() {
  return {
    environment: process.env,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    findElectron: () => findElectron(join(projectDir, 'node_modules', 'electron')),
    canDownload,
    download
  }
}

/**
 * Electron's executable; undefined when it was not downloaded. Read from its own note: to `require` the package would
 * start the download.
 * @param {string} packageDir
 * @returns {string | undefined}
 */
export function findElectron(packageDir) {
  const note = join(packageDir, 'path.txt')
  if (!existsSync(note)) return undefined
  const executable = join(packageDir, 'dist', readFileSync(note, 'utf8').trim())
  return existsSync(executable) ? executable : undefined
}

async function canDownload() {
  const { version } = JSON.parse(
    readFileSync(join(projectDir, 'node_modules', 'electron', 'package.json'), 'utf8')
  )
  const site = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download/'
  try {
    const response = await fetch(`${site}v${version}/SHASUMS256.txt`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(DOWNLOAD_SITE_TIMEOUT_MS)
    })
    return response.ok
  } catch {
    return false
  }
}

async function download() {
  process.stderr.write('Electron: downloading its binary (about 110 MB) …\n')
  const installer = join(projectDir, 'node_modules', 'electron', 'install.js')
  const { code } = await runCommand(process.execPath, [installer], { isShown: true })
  return code === 0
}
