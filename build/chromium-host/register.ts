import { registerHooks } from 'node:module'

const ELECTRON_URL = new URL('./electron.ts', import.meta.url).href

/** From now on `import 'electron'` and `require('electron')` give the host's module, and the process says what it is. */
export function registerElectronModule(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isElectron = /^electron(\/main|\/common)?$/.test(specifier)
      return isElectron
        ? { url: ELECTRON_URL, format: 'module-typescript', shortCircuit: true }
        : next(specifier, context)
    }
  })
  Object.defineProperty(process, 'type', { value: 'browser', enumerable: true })
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
  setVersion('electron', '0.0.0-chromium-host')
}

/** An entry of `process.versions`, like `chrome`. */
export function setVersion(name: string, version: string): void {
  Object.defineProperty(process.versions, name, { value: version, enumerable: true, configurable: true })
}
