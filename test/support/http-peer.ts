import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that answers as a test says, however wrong that is. */
export interface HttpPeer {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly origin: string
  close(): Promise<void>
}

export async function openHttpPeer(listener: RequestListener): Promise<HttpPeer> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    host,
    origin: `http://${host}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
