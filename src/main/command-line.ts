import { resolve } from 'node:path'

/** What Flowscope takes from its command line. Every other flag is left to the runtime (Electron, Chromium, Node). */
export interface CommandLine {
  /** The folder of settings, data and logs, absolute; undefined means the user's own. */
  readonly profileDirectory: string | undefined
  /** Write a picture of the window to this file (absolute), then end. */
  readonly screenshotFile: string | undefined
  /** Size of the window in CSS pixels instead of the remembered one. */
  readonly windowSize: { readonly width: number; readonly height: number } | undefined
}

export type CommandLineResult =
  | { readonly ok: true; readonly value: CommandLine }
  /** One sentence for the person at the terminal. */
  | { readonly ok: false; readonly message: string }

/** Screens are not larger, and a typing error such as 14400x900 should be told, not tried. */
const MAX_WINDOW_PIXELS = 16_384

const FLAGS = ['--profile', '--screenshot', '--window-size'] as const
type Flag = (typeof FLAGS)[number]

/**
 * Reads `--profile DIR`, `--screenshot FILE` and `--window-size WxH`, each also as `--flag=value`. Relative paths are
 * resolved against `workingDirectory`. The last of several wins.
 */
export function parseCommandLine(argv: readonly string[], workingDirectory: string): CommandLineResult {
  const given = new Map<Flag, string>()
  for (const [index, argument] of argv.entries()) {
    const flag = FLAGS.find((name) => argument === name || argument.startsWith(`${name}=`))
    if (flag === undefined) continue
    const value = argument === flag ? argv[index + 1] : argument.slice(flag.length + 1)
    if (value === undefined || value === '' || (argument === flag && value.startsWith('--'))) {
      return { ok: false, message: `${flag} needs a value: ${usage(flag)}.` }
    }
    given.set(flag, value)
  }

  const size = given.get('--window-size')
  const windowSize = size === undefined ? undefined : parseSize(size)
  if (size !== undefined && windowSize === undefined) {
    return {
      ok: false,
      message: `--window-size cannot be "${size}": give the width and the height in pixels, such as ${usage('--window-size')}.`
    }
  }
  const absolute = (flag: Flag): string | undefined => {
    const path = given.get(flag)
    return path === undefined ? undefined : resolve(workingDirectory, path)
  }
  return {
    ok: true,
    value: { profileDirectory: absolute('--profile'), screenshotFile: absolute('--screenshot'), windowSize }
  }
}

function usage(flag: Flag): string {
  switch (flag) {
    case '--profile':
      return '--profile DIR'
    case '--screenshot':
      return '--screenshot FILE'
    case '--window-size':
      return '--window-size 1440x900'
  }
}

function parseSize(text: string): { width: number; height: number } | undefined {
  const match = /^(\d{1,5})[x,](\d{1,5})$/.exec(text)
  const width = Number(match?.[1])
  const height = Number(match?.[2])
  const isPossible = (pixels: number): boolean => pixels >= 1 && pixels <= MAX_WINDOW_PIXELS
  return isPossible(width) && isPossible(height) ? { width, height } : undefined
}
