import type { Scheduler } from '../client/scheduler.ts'
import type { KeychainQuestion, KeychainReply } from './keychain-messages.ts'

/** The keychain of the system, by way of its process (`keychain-process.ts`). Nothing is ever thrown. */
export interface Keychain {
  /** The secret of an account; `secret` is undefined when there is none. */
  get(account: string): Promise<KeychainAnswer>
  set(account: string, secret: string): Promise<KeychainAnswer>
  /** One that is not there is no failure. */
  delete(account: string): Promise<KeychainAnswer>
  /** Ends its process; what was asked fails. Twice is harmless. */
  close(): void
}

export type KeychainAnswer =
  | { readonly ok: true; readonly secret: string | undefined }
  | { readonly ok: false; readonly problem: KeychainProblem }

export interface KeychainProblem {
  /** `absent`: nothing on this system keeps secrets. `locked`: it wants its password first. `silent`: it does not answer. */
  readonly kind: 'absent' | 'locked' | 'silent' | 'failed'
  /** The words of the library, for the log. */
  readonly reason: string
}

/** A child process as Electron's `utilityProcess` and Node's `fork` both give it. */
export interface KeychainChild {
  postMessage(message: KeychainQuestion): void
  onMessage(callback: (message: unknown) => void): void
  onExit(callback: (code: number | null) => void): void
  kill(): void
}

export interface KeychainOptions {
  /** Starts the process, whenever something is asked and there is none. */
  fork(): KeychainChild
  /** Under which name the secrets are listed in the keychain: one of their own for each profile. */
  readonly serviceName: string
  readonly scheduler: Scheduler
  /** The most that one answer may take. */
  readonly limitMs?: number
}

/** A person who is asked for the password of the keychain needs time; nothing waits for this limit but what asked. */
const LIMIT_MS = 60_000
/** Tokens are asked for in bunches, at the start and when a dialog is saved; between them the process would only cost memory. */
const IDLE_MS = 5000

interface Pending {
  readonly settle: (answer: KeychainAnswer) => void
  readonly cancelLimit: () => void
}

export function createKeychain({
  fork,
  serviceName,
  scheduler,
  limitMs = LIMIT_MS
}: KeychainOptions): Keychain {
  let child: KeychainChild | undefined
  /** Whether the process answered something with a failure. */
  let hasFailed = false
  let lastId = 0
  const pending = new Map<number, Pending>()
  let cancelIdle: () => void = () => {}

  function end(kind: KeychainProblem['kind'], reason: string): void {
    const ended = child
    child = undefined
    cancelIdle()
    ended?.kill()
    for (const [id, { settle, cancelLimit }] of [...pending]) {
      pending.delete(id)
      cancelLimit()
      settle({ ok: false, problem: { kind, reason } })
    }
  }

  function started(): KeychainChild {
    const fresh = fork()
    hasFailed = false
    fresh.onMessage((message) => {
      if (child === fresh) receive(message as KeychainReply)
    })
    fresh.onExit((code) => {
      if (child === fresh) end('failed', `The keychain process ended (code ${String(code)}).`)
    })
    return fresh
  }

  function receive(reply: KeychainReply): void {
    const asked = pending.get(reply.id)
    if (asked === undefined) return
    pending.delete(reply.id)
    asked.cancelLimit()
    hasFailed ||= !reply.isDone
    if (pending.size === 0) {
      // libsecret goes on with its session of a keyring that was started again, and fails for ever.
      if (hasFailed) end('failed', 'failed')
      else
        cancelIdle = scheduler.after(IDLE_MS, () => {
          end('failed', 'idle')
        })
    }
    asked.settle(
      reply.isDone
        ? { ok: true, secret: reply.secret ?? undefined }
        : { ok: false, problem: { kind: problemKind(reply.reason), reason: reply.reason } }
    )
  }

  const ask = (
    question: { verb: 'get' | 'delete'; account: string } | { verb: 'set'; account: string; secret: string }
  ): Promise<KeychainAnswer> =>
    new Promise((resolve) => {
      cancelIdle()
      child ??= started()
      const id = ++lastId
      const cancelLimit = scheduler.after(limitMs, () => {
        // Its native code cannot be given up: the process is.
        end('silent', `No answer within ${String(limitMs)} ms.`)
      })
      pending.set(id, { settle: resolve, cancelLimit })
      child.postMessage({ id, service: serviceName, ...question })
    })

  return {
    get: (account) => ask({ verb: 'get', account }),
    set: (account, secret) => ask({ verb: 'set', account, secret }),
    delete: (account) => ask({ verb: 'delete', account }),
    close: () => {
      end('failed', 'The app is ending.')
    }
  }
}

/** Which of the words that libsecret, D-Bus, the macOS keychain and the Windows vault are known to say mean what. */
function problemKind(reason: string): KeychainProblem['kind'] {
  if (/locked|dismissed|cancell?ed|interaction is not allowed|collection\/login/i.test(reason))
    return 'locked'
  if (/keytar native addon|cannot find module|libsecret/i.test(reason)) return 'absent'
  if (/autolaunch|D-?Bus|not provided by any|ServiceUnknown|could not connect|address/i.test(reason))
    return 'absent'
  if (/time(d )?out/i.test(reason)) return 'silent'
  return 'failed'
}
