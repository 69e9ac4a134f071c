import pino from 'pino'
import type { LocalPlatformAnswer, LocalPlatformCommand } from '../shared/ipc/local-platform-messages.ts'
import { DEFAULT_REPLAY_RATE } from './arguments.ts'
import { startPlatform, type RunningPlatform } from './index.ts'

/**
 * The platform as a process of the app: configured by messages, from Electron's parent port or from the
 * channel of a forked process (`src/shared/ipc/local-platform-messages.ts`). It ends when it is told to, or
 * when the app is gone.
 */

/** What Electron adds to `process` in a utility process; typed here, for the platform knows no Electron. */
interface ParentPort {
  readonly on: (event: 'message', listener: (event: { readonly data: unknown }) => void) => void
  readonly postMessage: (message: unknown) => void
}

const { parentPort } = process as { readonly parentPort?: ParentPort }

function answer(message: LocalPlatformAnswer): void {
  if (parentPort === undefined) process.send?.(message)
  else parentPort.postMessage(message)
}

let platform: RunningPlatform | undefined
let isStarted = false

async function receive(command: LocalPlatformCommand): Promise<void> {
  switch (command.kind) {
    case 'start':
      if (!isStarted) await start(command)
      return
    case 'change-replay':
      if (platform?.replay !== undefined)
        answer({ kind: 'replay', replay: platform.replay.change(command.change) })
      return
    case 'stop':
      await end()
  }
}

async function start(command: Extract<LocalPlatformCommand, { kind: 'start' }>): Promise<void> {
  isStarted = true
  const { account, token, dataDirectory } = command
  const started = await startPlatform({
    data: dataDirectory,
    accounts: [{ account, token }],
    onDamaged: 'move-aside',
    sample: command.replay ?? { isPaused: false, ratePerSecond: DEFAULT_REPLAY_RATE },
    log: pino({ level: 'info', base: null }, pino.destination({ dest: 2, sync: true }))
  })
  if (!started.ok) {
    const { failure } = started
    const { message, hint } = failure
    answer({ kind: 'failed', reason: hint === undefined ? message : `${message} ${hint}`, failure })
    process.exitCode = 1
    disconnect()
    return
  }
  platform = started.value
  for (const message of platform.notices) answer({ kind: 'notice', message })
  const { url, wsUrl, replay } = platform
  if (replay === undefined) throw new Error('The platform of the app always has a replay')
  answer({ kind: 'ready', url, wsUrl, replay: replay.state() })
}

async function end(): Promise<void> {
  await platform?.close()
  disconnect()
}

/** Lets go of the channel, so that the process ends by itself. A parent port cannot be let go of. */
function disconnect(): void {
  if (parentPort !== undefined) {
    // The last answer is on its way; a turn is what it needs to leave.
    setImmediate(() => process.exit())
  } else if (process.connected) {
    process.disconnect()
  }
}

if (parentPort === undefined) {
  process.on('message', (command) => void receive(command as LocalPlatformCommand))
  process.on('disconnect', () => void end())
} else {
  parentPort.on('message', ({ data }) => void receive(data as LocalPlatformCommand))
}
process.on('SIGTERM', () => void end())
// The terminal's interrupt reaches the whole group: the app is told too, and stops this process in order.
process.on('SIGINT', () => {})
