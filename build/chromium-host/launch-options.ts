import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** How the host was started. */
export interface LaunchOptions {
  /** The folder of the app: where its package.json is. */
  readonly appDir: string
  /** The app's main module. */
  readonly entryFile: string
  readonly name: string
  readonly version: string
  /** What the app sees behind its executable in `process.argv`: its own path as given, then its arguments. */
  readonly argv: readonly string[]
  /** Present when a test tool wants to attach to Chromium. */
  readonly debugPortNumber: number | undefined
  readonly isHeadless: boolean
}

/**
 * Reads `[flags] <appDir | main.js> [arguments of the app]`, as Electron takes it. Flags in front of the app that are
 * Node's or Chromium's own are dealt with here; other ones go to the app.
 * Throws a sentence when there is no app at the path.
 */
export function readLaunchOptions(
  commandLine: readonly string[],
  environment: NodeJS.ProcessEnv,
  workingDir: string
): LaunchOptions {
  const appIndex = commandLine.findIndex((argument) => !argument.startsWith('-'))
  const flags = commandLine.slice(0, appIndex < 0 ? commandLine.length : appIndex)
  const app = commandLine[appIndex] ?? '.'
  const rest = appIndex < 0 ? [] : commandLine.slice(appIndex + 1)

  const debugPort = flags.find((flag) => flag.startsWith('--remote-debugging-port='))
  const forApp = flags.filter((flag) => !/^--(no-sandbox$|inspect|remote-debugging-port=)/.test(flag))
  return {
    ...readApp(resolve(workingDir, app)),
    argv: [app, ...forApp, ...rest],
    debugPortNumber: debugPort === undefined ? undefined : Number(debugPort.split('=')[1]),
    isHeadless: isHeadless(environment)
  }
}

function isHeadless(environment: NodeJS.ProcessEnv): boolean {
  if (environment['FLOWSCOPE_HEADLESS'] === '1') return true
  return process.platform === 'linux' && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']
}

function readApp(path: string): Pick<LaunchOptions, 'appDir' | 'entryFile' | 'name' | 'version'> {
  if (!existsSync(path)) throw new Error(`There is no app at ${path}.`)
  const isFile = statSync(path).isFile()
  const appDir = isFile ? dirname(path) : path
  const manifestFile = join(appDir, 'package.json')
  if (!isFile && !existsSync(manifestFile))
    throw new Error(`There is no app at ${path}: it has no package.json.`)
  const manifest = existsSync(manifestFile)
    ? (JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<string, string | undefined>)
    : {}
  return {
    appDir,
    entryFile: isFile ? path : resolve(appDir, manifest['main'] ?? 'index.js'),
    name: manifest['productName'] ?? manifest['name'] ?? 'Electron',
    version: manifest['version'] ?? '0.0.0'
  }
}
