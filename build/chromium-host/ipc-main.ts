import { loudEmitter } from './not-implemented.ts'

type Handler = (event: unknown, ...parameters: unknown[]) => unknown

/** Requests and messages from pages (Electron, ipcMain). */
export class IpcMain extends loudEmitter('ipcMain') {
  readonly #handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`)
    }
    this.#handlers.set(channel, handler)
  }

  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...parameters) => {
      this.removeHandler(channel)
      return handler(event, ...parameters)
    })
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** The handler of a channel; undefined when there is none. */
  handlerOf(channel: string): Handler | undefined {
    return this.#handlers.get(channel)
  }
}

export const ipcMain = new IpcMain()
