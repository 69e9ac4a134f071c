/**
 * One end of a message channel, whoever made it (Electron's `MessagePortMain`, Node's `MessagePort`). Messages are cloned;
 * nothing is transferred, because `MessagePortMain` silently discards a message that carries an ArrayBuffer.
 */
export interface PortEnd {
  postMessage(message: unknown): void
  onMessage(callback: (message: unknown) => void): void
  /** Calls back when the other end is closed or gone. */
  onClose(callback: () => void): void
  /** From here on messages arrive; those sent earlier were kept. */
  start(): void
  close(): void
}
