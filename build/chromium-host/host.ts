import type { Browser } from './browser.ts'
import type { LaunchOptions } from './launch-options.ts'
import type { PortPumps } from './port-pump.ts'

/** The one run of the host in this process; the parts of the module `electron` ask for it when they are used. */
export interface Host {
  readonly options: LaunchOptions
  readonly browser: Browser
  /** Random for this run: names the bridge between the page's worlds. */
  readonly secret: string
  readonly portPumps: PortPumps
}

let running: Host | undefined

export function setHost(host: Host): void {
  running = host
}

/** Throws when the module `electron` is used in a process that the host did not start. */
export function theHost(): Host {
  if (!running)
    throw new Error(
      'The module "electron" of the Chromium host works only in an app that electron-host started.'
    )
  return running
}
