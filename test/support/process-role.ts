/** What a process of the app is there for, by its command line. */
export function processRole(commandLine: string): string {
  if (commandLine.includes('platform-process')) return 'local platform'
  const type = /--type=([\w-]+)/.exec(commandLine)?.[1]
  if (type === 'renderer') return 'window'
  if (type === 'utility') return 'browser: network and other services'
  if (type !== undefined) return `browser: ${type}`
  // On the host main is a process of Node beside Chromium; in Electron it is the browser process itself.
  const isChromium = /chrom/i.test(commandLine.split(' ')[0] ?? '')
  return isChromium ? 'browser: browser process' : 'main'
}
