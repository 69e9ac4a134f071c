/** A process that takes the lock of a folder, for the tests of single-instance.ts. It answers what it got and hears. */
import { takeInstanceLock } from '../../../build/chromium-host/single-instance.ts'

const [dataDir = '', name = ''] = process.argv.slice(2)
const own = { argv: [name], workingDir: '/', additionalData: { name } }
const lock = takeInstanceLock(dataDir, own, (second) => process.send?.({ second }))
process.send?.({ hasLock: lock !== undefined })
if (!lock) process.disconnect()
process.on('message', () => {
  lock?.release()
  process.disconnect()
})
