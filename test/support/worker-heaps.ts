import type { CDPSession } from '@playwright/test'

/** What a worker of a page holds after a collection, in bytes. */
export interface WorkerHeap {
  readonly heapBytes: number
  /** Buffers outside the heap. */
  readonly bufferBytes: number
}

/** Reads the heaps of all workers of a page; those that start later are read too. */
export async function watchWorkerHeaps(session: CDPSession): Promise<() => Promise<WorkerHeap[]>> {
  const workers = new Set<string>()
  const waiting = new Map<string, (message: { result?: HeapUsage }) => void>()
  let lastId = 0
  session.on('Target.attachedToTarget', ({ sessionId }) => workers.add(sessionId))
  session.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId))
  session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    const answer = JSON.parse(message) as { id?: number; result?: HeapUsage }
    waiting.get(`${sessionId} ${String(answer.id)}`)?.(answer)
  })
  // Sessions of workers are their own: their messages come wrapped, so that they do not mix with those of the page.
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false
  })

  const ask = async (sessionId: string, method: string): Promise<HeapUsage | undefined> => {
    const id = ++lastId
    const key = `${sessionId} ${String(id)}`
    const answered = new Promise<{ result?: HeapUsage }>((resolve) => waiting.set(key, resolve))
    await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
    const { result } = await answered
    waiting.delete(key)
    return result
  }

  return async () => {
    const heaps: WorkerHeap[] = []
    for (const sessionId of workers) {
      await ask(sessionId, 'HeapProfiler.collectGarbage')
      const usage = await ask(sessionId, 'Runtime.getHeapUsage')
      if (usage !== undefined)
        heaps.push({ heapBytes: usage.usedSize, bufferBytes: usage.backingStorageSize ?? 0 })
    }
    return heaps
  }
}

interface HeapUsage {
  readonly usedSize: number
  readonly backingStorageSize?: number
}
