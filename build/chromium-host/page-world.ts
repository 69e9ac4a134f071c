import { readFileSync } from 'node:fs'
import type { DevToolsSession } from './devtools-pipe.ts'
import { isolatedWorldSource } from './isolated-world.ts'
import { mainWorldSource } from './main-world.ts'
import { WIRE_DOMAIN } from './scheme-mapping.ts'
import type { WorldConfig } from './wire-messages.ts'

/** Electron's name for the world, so that tools show the same one. */
const WORLD_NAME = 'Electron Isolated Context'

/**
 * For one test alone: with the preload in the page's own world the page can tamper with it, and the test that shows it
 * cannot must fail.
 */
const IS_WORLD_SHARED = process.env['FLOWSCOPE_HOST_TEST_SHARED_WORLD'] === '1'

export interface WorldOptions {
  readonly secret: string
  readonly pumpPath: string
  readonly preloadFile: string | undefined
  readonly additionalArguments: readonly string[]
}

/** Prepares both worlds of every document that this page will load; resolves when Chromium has taken it. */
export async function preparePageWorlds(session: DevToolsSession, options: WorldOptions): Promise<void> {
  const { secret, pumpPath, preloadFile } = options
  const binding = bindingName(secret)
  const config: WorldConfig = {
    secret,
    binding,
    pumpDomain: `.${WIRE_DOMAIN}`,
    pumpPath,
    process: {
      platform: process.platform,
      arch: process.arch,
      versions: versionsForPage(),
      argv: options.additionalArguments
    }
  }
  const preloadSource = preloadFile === undefined ? undefined : readFileSync(preloadFile, 'utf8')
  const world = IS_WORLD_SHARED ? {} : { worldName: WORLD_NAME }
  const context = IS_WORLD_SHARED ? {} : { executionContextName: WORLD_NAME }
  if (IS_WORLD_SHARED)
    process.stderr.write('The preload script shares the world of the page: for tests only.\n')
  await Promise.all([
    session.send('Runtime.addBinding', { name: binding, ...context }),
    session.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldSource(secret) }),
    session.send('Page.addScriptToEvaluateOnNewDocument', {
      source: isolatedWorldSource(config, preloadSource),
      ...world
    })
  ])
}

/** The function that carries messages from the isolated world to main. */
export function bindingName(secret: string): string {
  return `${secret}_send`
}

function versionsForPage(): Record<string, string | undefined> {
  const { electron, chrome, node, v8 } = process.versions as Record<string, string | undefined>
  return { electron, chrome, node, v8 }
}
