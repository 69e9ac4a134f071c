import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { DevToolsPipe } from './devtools-pipe.ts'

/** A Chromium that was started for this run, and ends with this process, however that ends. */
export interface ChromiumProcess {
  readonly child: ChildProcess
  readonly devTools: DevToolsPipe
  readonly isHeadless: boolean
  /** A random name that the address of the first, empty window holds. */
  readonly placeholder: string
  /** Where a test tool attaches; never resolves unless a port was asked for. */
  readonly devToolsUrl: Promise<string>
  /** The last lines that Chromium wrote, for the case that it could not start. */
  lastWords(): string
  /** Ends it at once and removes its profile. Twice is harmless. */
  end(): Promise<void>
  /** Calls back when it ends and `end` was not called. */
  onUnexpectedEnd(listener: (reason: { code: number | null; signal: NodeJS.Signals | null }) => void): void
}

export interface ChromiumOptions {
  readonly binary: string
  readonly isHeadless: boolean
  readonly debugPortNumber: number | undefined
}

/** The screen that a headless Chromium is given: large enough for any window that a test asks for. */
export const HEADLESS_SCREEN = { width: 1920, height: 1080 }

const PROFILE_PREFIX = 'flowscope-host-'

const FLAGS = [
  '--no-first-run',
  '--no-default-browser-check',
  '--test-type',
  '--password-store=basic',
  // Nothing is sent anywhere that the app did not ask for.
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-sync',
  '--disable-quic',
  // Spare renderer: a process for the next site, and this app shows one.
  '--disable-features=Translate,MediaRouter,OptimizationHints,LocalNetworkAccessChecks,PaintHolding,GlobalMediaControls,SpareRendererForSitePerProcess',
  // A port tells its other end that it closed, as in Electron.
  '--enable-blink-features=MessagePortCloseEvent',
  // A window that is covered by another one is still the app's window.
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  // /dev/shm is 64 MiB in many containers.
  '--disable-dev-shm-usage',
  '--window-size=1000,700'
]

export function startChromium(options: ChromiumOptions): ChromiumProcess {
  const profileDir = mkdtempSync(join(tmpdir(), `${PROFILE_PREFIX}${String(process.pid)}-`))
  const placeholder = `host-${randomBytes(8).toString('hex')}`
  const flags = [...FLAGS, '--remote-debugging-pipe', `--user-data-dir=${profileDir}`]
  if (options.isHeadless) {
    const { width, height } = HEADLESS_SCREEN
    flags.push('--headless=new', `--screen-info={${String(width)}x${String(height)}}`)
  }
  // Chromium refuses to run its sandbox for root.
  if (process.getuid?.() === 0) flags.push('--no-sandbox')
  if (options.debugPortNumber !== undefined)
    flags.push(`--remote-debugging-port=${String(options.debugPortNumber)}`)
  flags.push(`--app=data:text/html,<title>${placeholder}</title>`)

  const child = spawn(options.binary, flags, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C in a terminal reaches the host alone, which then ends the app in order.
    detached: true
  })
  const [, , , toBrowser, fromBrowser] = child.stdio
  const devTools = new DevToolsPipe(toBrowser as Writable, fromBrowser as Readable)
  const { lastWords, devToolsUrl } = readErrors(child)

  let ended: Promise<void> | undefined
  const killAtExit = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', killAtExit)
  const end = async (): Promise<void> => {
    const hasExited = child.exitCode !== null || child.signalCode !== null
    const exited = hasExited ? undefined : new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    process.off('exit', killAtExit)
    // Its helper processes may write a last file while the folder goes.
    await rm(profileDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }).catch(() => {})
  }
  return {
    child,
    devTools,
    isHeadless: options.isHeadless,
    placeholder,
    devToolsUrl,
    lastWords,
    end: () => (ended ??= end()),
    onUnexpectedEnd: (listener) => {
      child.once('exit', (code, signal) => {
        if (!ended) listener({ code, signal })
      })
    }
  }
}

/** Removes the profiles of hosts that were killed before they could. */
export async function removeLeftProfiles(): Promise<void> {
  const left = readdirSync(tmpdir()).filter((name) => {
    const pid = Number(new RegExp(`^${PROFILE_PREFIX}(\\d+)-`).exec(name)?.[1])
    return pid > 0 && !isAlive(pid)
  })
  for (const name of left) {
    // Another user's folder stays.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readErrors(child: ChildProcess): { lastWords: () => string; devToolsUrl: Promise<string> } {
  const lines: string[] = []
  const { promise: devToolsUrl, resolve } = Promise.withResolvers<string>()
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (process.env['FLOWSCOPE_HOST_DEBUG']) process.stderr.write(`[chromium] ${line}\n`)
      const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
      // Chromium looks for a message bus, and a machine without one is nothing to complain about.
      const isNoise = line.includes(':ERROR:dbus/')
      if (url) resolve(url)
      else if (!isNoise) lines.push(line)
      // Enough for the reason, which comes last.
      if (lines.length > 20) lines.shift()
    })
  }
  return { devToolsUrl, lastWords: () => lines.join('\n') }
}
