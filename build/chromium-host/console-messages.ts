import type { DevToolsSession } from './devtools-pipe.ts'
import type { Protocol } from './devtools-protocol.ts'

/** What the page wrote to its console (Electron, webContents, "Event: 'console-message'"). */
export interface ConsoleMessage {
  readonly level: 'info' | 'warning' | 'error' | 'debug'
  readonly message: string
  /** Counted from 1; 0 when the message has no place. */
  readonly lineNumber: number
  readonly sourceId: string
}

/**
 * Reports what the page logs, what it throws without catching, and what Chromium itself complains about (a violated
 * policy, a missing file).
 */
export function readConsole(session: DevToolsSession, report: (message: ConsoleMessage) => void): void {
  session.on('Runtime.consoleAPICalled', ({ type, args, stackTrace }) => {
    const frame = stackTrace?.callFrames[0]
    report({
      level: levelOf(type),
      message: args.map(textOf).join(' '),
      lineNumber: frame ? frame.lineNumber + 1 : 0,
      sourceId: frame?.url ?? ''
    })
  })
  session.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text, lineNumber, url } }) => {
    const message = [text, exception?.description].filter(Boolean).join(' ')
    report({ level: 'error', message, lineNumber: lineNumber + 1, sourceId: url ?? '' })
  })
  session.on('Log.entryAdded', ({ entry: { level, text, lineNumber, url } }) => {
    report({ level: levelOf(level), message: text, lineNumber: lineNumber ?? 0, sourceId: url ?? '' })
  })
}

function levelOf(type: string): ConsoleMessage['level'] {
  if (type === 'warning' || type === 'error' || type === 'debug') return type
  if (type === 'assert') return 'error'
  if (type === 'verbose') return 'debug'
  return 'info'
}

function textOf(argument: Protocol.Runtime.RemoteObject): string {
  if (argument.type === 'string') return String(argument.value)
  return (
    argument.description ?? argument.unserializableValue ?? JSON.stringify(argument.value) ?? argument.type
  )
}
