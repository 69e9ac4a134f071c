import { describe, expect, test } from 'vitest'
import { loud, loudEmitter, missing } from '../../../build/chromium-host/not-implemented.ts'

describe('what the host does not have', () => {
  test('throws its own name when it is read', () => {
    const dialog = loud('dialog', { showMessageBox: () => 1 }) as {
      showMessageBox(): number
      showCertificate?: unknown
    }
    expect(dialog.showMessageBox()).toBe(1)
    expect(() => dialog.showCertificate).toThrow('electron.dialog.showCertificate')
  })

  test('can be put in place, as tests do', () => {
    const dialog = loud('dialog', {}) as { showOpenDialog?: () => string }
    dialog.showOpenDialog = () => 'chosen'
    expect(dialog.showOpenDialog()).toBe('chosen')
  })

  test('leaves emitters working, and is silent where the language asks', async () => {
    class App extends loudEmitter('app') {
      readonly #name = 'private'
      getName(): string {
        return this.#name
      }
    }
    const app = new App()
    const heard: unknown[] = []
    app.once('ready', (value: unknown) => heard.push(value))
    app.emit('ready', 1)
    expect([heard, app.getName(), await app]).toEqual([[1], 'private', app])
    expect(() => (app as unknown as { relaunch(): void }).relaunch()).toThrow('electron.app.relaunch')
  })

  test('names a whole missing module at its first use', () => {
    const Tray = missing('Tray') as unknown as (new () => object) & { create(): void }
    expect(() => new Tray()).toThrow('electron.Tray')
    expect(() => {
      Tray.create()
    }).toThrow('electron.Tray.create')
  })
})
