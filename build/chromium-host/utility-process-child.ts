/** Runs in a utility process before its own module (`--import`). */
import { EventEmitter } from 'node:events'
import { registerHooks } from 'node:module'

/** The child's end of its messages (Electron, parentPort). */
class ParentPort extends EventEmitter {
  constructor() {
    super()
    // Node keeps messages until somebody listens to the process: so nothing is lost while the module loads.
    this.once('newListener', () => {
      process.on('message', (data) => this.emit('message', { data, ports: [] }))
    })
  }

  postMessage(message: unknown): void {
    process.send?.(message)
  }
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort(), enumerable: true })
Object.defineProperty(process, 'type', { value: 'utility', enumerable: true })

// A utility process lives until it is ended, even with nothing to do.
process.channel?.ref()

// The channel closes when the main process ends, by SIGKILL too. SIGTERM first: the module may have something to close.
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), 2000).unref()
  process.kill(process.pid, 'SIGTERM')
})

registerHooks({
  resolve(specifier, context, next) {
    // The package of that name would start to download Electron's binary.
    if (/^electron(\/|$)/.test(specifier))
      throw new Error('The module "electron" is not there in a utility process.')
    return next(specifier, context)
  }
})
