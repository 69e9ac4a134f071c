import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A way on loopback to a server, which a test can break: cut, or open but dead (as behind a router that lost its state). */
export interface TcpProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Resets every connection of the moment. */
  cut(): void
  /** From here on bytes vanish in both directions, and nothing is closed, until `heal`. Open connections stay dead. */
  freeze(): void
  heal(): void
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
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('data', (bytes) => {
        fate.isDead ||= isFrozen
        if (!fate.isDead) to.write(bytes)
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
