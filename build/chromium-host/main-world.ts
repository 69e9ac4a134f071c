/// <reference lib="dom" />
import { makePageBridge } from './page-bridge.ts'

/** The script that runs in the page's own world before any script of the page: it receives what the preload exposes. */
export function mainWorldSource(secret: string): string {
  return `(${startMainWorld.toString()})(${JSON.stringify(secret)}, ${makePageBridge.toString()})`
}

function startMainWorld(secret: string, makeBridge: typeof makePageBridge): void {
  // Other frames have no preload, nor has the empty page that a window starts with.
  if (window !== window.top || location.protocol === 'data:') return
  const bridge = makeBridge(secret, ':page', ':preload')
  bridge.onExpose = (key, api) => {
    if (Object.hasOwn(window, key)) {
      const message = 'Cannot bind an API on top of an existing property on the window object'
      bridge.reply({ ok: false, message })
      return
    }
    Object.defineProperty(window, key, {
      value: bridge.unpack(api, true),
      enumerable: true,
      writable: false,
      configurable: false
    })
    bridge.reply({ ok: true, value: { isClone: true, value: undefined } })
  }
}
