/**
 * Lets what waits for this thread go first, and goes on in a task of its own. A timer would wait 4 ms each time; a message of
 * one's own waits only for the messages before it.
 */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
