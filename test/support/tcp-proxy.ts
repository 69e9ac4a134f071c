import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** What happens to the bytes that come from the server. */
export type Treatment =
  | { readonly kind: 'none' }
  /** Each piece, in both directions, is passed on so much later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Each byte comes in a packet of its own. */
  | { readonly kind: 'byte-by-byte' }
  /** A connection is reset when so many more bytes have come by it: in the middle of a body, or of a frame. */
  | { readonly kind: 'cut-after'; readonly bytes: number }
  /** The bytes after so many are noise. */
  | { readonly kind: 'garbage-after'; readonly bytes: number }

/** A way on loopback to a server, which a test can break: cut, or open but dead (as behind a router that lost its state). */
export interface TcpProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Resets every connection of the moment. */
  cut(): void
  /** From here on bytes vanish in both directions, and nothing is closed, until `heal`. Open connections stay dead. */
  freeze(): void
  heal(): void
  /** From here on, for connections that are open too; `times`: only for so many that it breaks. */
  treat(treatment: Treatment, times?: number): void
  /** While set, nothing more is read from the server on the connections of the moment: it sees a reader that is too slow. */
  stall(isStalled: boolean): void
  /** Refuses connections while set. */
  refuse(isRefusing: boolean): void
  /** Where further connections lead. */
  redirect(host: string): void
  connections(): number
  close(): Promise<void>
}

export async function openTcpProxy(target: string): Promise<TcpProxy> {
  let current = target
  let isRefusing = false
  let isFrozen = false
  let treatment: Treatment = { kind: 'none' }
  let timesLeft = Infinity
  /** Bytes count from when a treatment began. */
  let treatments = 0
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer((client) => {
    if (isRefusing) {
      client.resetAndDestroy()
      return
    }
    const [hostname, portNumber] = current.split(':')
    const upstream = connect(Number(portNumber), hostname)
    const pair = [client, upstream] as const
    const fate = { isDead: isFrozen }
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    client.setNoDelay(true)
    const pass = (to: Socket, bytes: Buffer): void => {
      if (!to.destroyed) to.write(bytes)
    }
    let receivedBytes = 0
    let countedSince = treatments
    const passTreated = (bytes: Buffer): void => {
      if (countedSince !== treatments) receivedBytes = 0
      countedSince = treatments
      const before = receivedBytes
      receivedBytes += bytes.byteLength
      if (treatment.kind === 'latency') setTimeout(pass, treatment.ms, client, bytes)
      else if (treatment.kind === 'byte-by-byte') for (const byte of bytes) pass(client, Buffer.from([byte]))
      else if (treatment.kind !== 'none' && timesLeft > 0 && receivedBytes > treatment.bytes) {
        const rest = bytes.subarray(Math.max(0, treatment.bytes - before))
        const good = bytes.subarray(0, bytes.byteLength - rest.byteLength)
        timesLeft -= 1
        if (treatment.kind === 'garbage-after') pass(client, Buffer.concat([good, noise(rest.byteLength)]))
        else {
          client.write(good, () => {
            client.resetAndDestroy()
            upstream.destroy()
          })
        }
      } else pass(client, bytes)
    }
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('data', (bytes: Buffer) => {
        fate.isDead ||= isFrozen
        if (fate.isDead) return
        if (from === upstream) passTreated(bytes)
        else if (treatment.kind === 'latency') setTimeout(pass, treatment.ms, to, bytes)
        else pass(to, bytes)
      })
      from.on('error', end)
      from.on('close', () => {
        fate.isDead ||= isFrozen
        if (!fate.isDead) end()
      })
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut: () => {
      for (const [client, upstream] of pairs) {
        client.resetAndDestroy()
        upstream.destroy()
      }
      pairs.clear()
    },
    freeze: () => {
      isFrozen = true
    },
    heal: () => {
      isFrozen = false
    },
    treat: (next, times = Infinity) => {
      treatment = next
      timesLeft = times
      treatments += 1
    },
    stall: (isStalled) => {
      for (const [, upstream] of pairs) {
        if (isStalled) upstream.pause()
        else upstream.resume()
      }
    },
    refuse: (next) => {
      isRefusing = next
    },
    redirect: (host) => {
      current = host
    },
    connections: () => pairs.size,
    close: () =>
      new Promise((resolve) => {
        for (const [client, upstream] of pairs) {
          client.destroy()
          upstream.destroy()
        }
        server.close(() => {
          resolve()
        })
      })
  }
}

/** Neither HTTP nor a frame: the same bytes each time. */
const noise = (sizeBytes: number): Buffer =>
  Buffer.from(Array.from({ length: sizeBytes }, (_, index) => (index * 151 + 7) % 256))
