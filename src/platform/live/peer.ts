import type { WebSocket } from 'ws'

/** The other end of a session, whatever carries it. */
export interface Peer {
  /** Bytes handed over and not yet gone; infinite while nothing can go. */
  readonly bufferedBytes: () => number
  /** Takes one frame; `whenSent` is called when it has gone or is lost. */
  readonly send: (frame: Buffer | string, whenSent: () => void) => void
  /** Whether commands are wanted; those that come all the same are served. */
  readonly setReading: (isReading: boolean) => void
  /** Asks a quiet peer for a sign of life, and gives up one that gave none since the last time. */
  readonly probe: () => void
  readonly close: () => void
}

/** A session's socket. */
export function webSocketPeer(socket: WebSocket): Peer {
  let isAlive = true
  const noteLife = (): void => {
    isAlive = true
  }
  socket.on('message', noteLife)
  socket.on('ping', noteLife)
  socket.on('pong', noteLife)
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send: (frame, whenSent) => {
      socket.send(frame, { binary: false }, whenSent)
    },
    setReading: (isReading) => {
      if (isReading && socket.isPaused) socket.resume()
      else if (!isReading && !socket.isPaused) socket.pause()
    },
    probe: () => {
      if (!isAlive) {
        socket.terminate()
        return
      }
      isAlive = false
      socket.ping()
    },
    close: () => {
      socket.close(1001, 'the platform ends')
    }
  }
}
