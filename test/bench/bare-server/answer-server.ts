import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers every GET with the bytes of one file: what is measured in front of it is the client alone. */
const bytes = readFileSync(process.argv[2] ?? '')

const ALLOWED = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'x-auth-token, x-auth-account, content-type, accept'
}

const server = createServer((request, response) => {
  const hasBody = request.method === 'GET'
  response.writeHead(hasBody ? 200 : 204, {
    ...ALLOWED,
    ...(hasBody ? { 'content-type': 'application/json' } : {})
  })
  response.end(hasBody ? bytes : undefined)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  const address = `127.0.0.1:${String(port)}`
  process.stdout.write(
    `${JSON.stringify({ ready: true, url: `http://${address}`, wsUrl: `ws://${address}` })}\n`
  )
})
