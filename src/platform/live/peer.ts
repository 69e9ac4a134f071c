import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { JsonText } from '../json-text.ts'

/** The other end of a session, whatever carries it. */
export interface Peer {
  /** Bytes handed over and not yet gone; infinite while nothing can go. */
  readonly bufferedBytes: () => number
  /** Takes one frame; `whenSent` is called when it has gone or is lost. */
  readonly send: (frame: JsonText, whenSent: () => void) => void
  /** Whether commands are wanted; those that come all the same are served. */
  readonly setReading: (isReading: boolean) => void
  /** Asks a quiet peer for a sign of life, and gives up one that gave none since the last time. */
  readonly probe: () => void
  readonly close: () => void
}

/** A session's socket, and the stream below it. */
export function webSocketPeer(socket: WebSocket, stream: Duplex): Peer {
  let isAlive = true
  let isGathering = false
  /** What is sent in one turn of the loop leaves in one write: a system call for each frame costs more than the rest. */
  const gather = (): void => {
    if (isGathering) return
    isGathering = true
    stream.cork()
    process.nextTick(() => {
      isGathering = false
      stream.uncork()
    })
  }
  const noteLife = (): void => {
    isAlive = true
  }
  socket.on('message', noteLife)
  socket.on('ping', noteLife)
  socket.on('pong', noteLife)
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send: (frame, whenSent) => {
      gather()
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
