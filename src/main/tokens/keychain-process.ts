import type { KeychainQuestion, KeychainReply } from './keychain-messages.ts'

/**
 * The keychain of the system, asked in a process of its own: its library answers from native code that cannot be given up.
 * A secret service that hangs would keep the app from ending, and one that crashes would take it along; this process can be
 * ended at any time.
 */

/** What Electron adds to `process` in a utility process; a forked process has a channel instead. */
interface ParentPort {
  readonly on: (event: 'message', listener: (event: { readonly data: unknown }) => void) => void
  readonly postMessage: (message: unknown) => void
}

const { parentPort } = process as { readonly parentPort?: ParentPort }

function reply(message: KeychainReply): void {
  if (parentPort === undefined) process.send?.(message)
  else parentPort.postMessage(message)
}

async function receive(question: KeychainQuestion): Promise<void> {
  const { id } = question
  try {
    reply({ id, isDone: true, secret: await ask(question) })
  } catch (error) {
    reply({ id, isDone: false, reason: error instanceof Error ? error.message : String(error) })
  }
}

async function ask(question: KeychainQuestion): Promise<string | null> {
  // Late, because the library of the system may be missing; the default, because the package has no named exports at run time.
  const { default: keytar } = await import('keytar')
  const { service, account } = question
  switch (question.verb) {
    case 'get':
      return keytar.getPassword(service, account)
    case 'set':
      await keytar.setPassword(service, account, question.secret)
      return null
    case 'delete':
      await keytar.deletePassword(service, account)
      return null
  }
}

if (parentPort === undefined) {
  process.on('message', (question) => void receive(question as KeychainQuestion))
  // Not `exit`, which waits for native code that hangs.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
} else {
  parentPort.on('message', ({ data }) => void receive(data as KeychainQuestion))
}
// The terminal's interrupt reaches the whole group; the app may still have a token to keep.
process.on('SIGINT', () => {})
