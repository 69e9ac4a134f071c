import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import type { ThrowAwayCertificate } from './certificate.ts'

/** TLS in front of a server that speaks none. */
export interface TlsFront {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly portNumber: number
  close(): Promise<void>
}

export async function openTlsFront(target: string, certificate: ThrowAwayCertificate): Promise<TlsFront> {
  const [hostname, portNumber] = target.split(':')
  const ends = new Set<() => void>()
  const server = createServer(certificate, (client) => {
    const upstream = connect(Number(portNumber), hostname)
    const end = (): void => {
      ends.delete(end)
      client.destroy()
      upstream.destroy()
    }
    ends.add(end)
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.pipe(upstream).pipe(client)
  })
  // A client that refuses the certificate hangs up during the handshake.
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${String(port)}`,
    portNumber: port,
    close: () =>
      new Promise((resolve) => {
        for (const end of ends) end()
        server.close(() => {
          resolve()
        })
      })
  }
}
