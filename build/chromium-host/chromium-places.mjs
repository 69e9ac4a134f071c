// Plain JavaScript: the set-up asks for it too, before any package is there.
import { existsSync } from 'node:fs'

/** In order; the program itself before the shell script that Debian puts in front of it. */
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
]

/** What to do where there is no Chromium. */
export const CHROMIUM_MISSING =
  'Chromium is not installed, and without Electron the app is shown in it. ' +
  'Install it with: sudo apt-get install -y --no-install-recommends chromium ' +
  '(or set FLOWSCOPE_CHROMIUM to the path of a Chromium or Chrome).'

/**
 * Chromium, by `FLOWSCOPE_CHROMIUM` or in its usual places; undefined when there is none. A path that was chosen and does
 * not exist is not replaced by another.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | undefined}
 */
export function findChromium(environment) {
  const chosen = environment['FLOWSCOPE_CHROMIUM']
  return (chosen ? [chosen] : PLACES).find((path) => existsSync(path))
}
