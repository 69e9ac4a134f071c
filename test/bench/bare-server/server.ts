import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'
import { WebSocketServer } from 'ws'

/**
 * The least that a durable create can cost with the same parts: Fastify and ws in front of one INSERT a drop, with the
 * same settings of SQLite and one commit for all drops of a turn of the loop. No tokens, no filter, no elements that are
 * looked at.
 */
const database = new DatabaseSync(join(process.argv[2] ?? '.', 'bare.db'))
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec('CREATE TABLE drops (id INTEGER PRIMARY KEY, text TEXT NOT NULL)')
const insert = database.prepare('INSERT INTO drops (id, text) VALUES (?, ?)')

// In order, as the platform's are: random keys would cost the database more pages a commit.
let nextId = 1
let committed: Promise<void> | undefined

async function keep(value: unknown): Promise<string> {
  committed ??= openGroup()
  const id = nextId++
  const text = JSON.stringify({ id, ...(value as object) })
  insert.run(id, text)
  await committed
  return text
}

function openGroup(): Promise<void> {
  database.exec('BEGIN')
  return new Promise((resolve) => {
    setImmediate(() => {
      database.exec('COMMIT')
      committed = undefined
      resolve()
    })
  })
}

const app = Fastify()
app.post('/drop', async (request, reply) => {
  const text = await keep(request.body)
  return await reply.code(201).type('application/json').send(text)
})
const sockets = new WebSocketServer({ server: app.server, perMessageDeflate: false })
sockets.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const { msgId, value } = JSON.parse(data.toString()) as {
      readonly msgId: number
      readonly value: unknown
    }
    void keep(value).then((text) => {
      socket.send(`{"head":{"msgId":${String(msgId)}},"body":${text}}`)
    })
  })
})
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as AddressInfo
const ready = {
  ready: true,
  url: `http://127.0.0.1:${String(port)}`,
  wsUrl: `ws://127.0.0.1:${String(port)}`
}
process.stdout.write(`${JSON.stringify(ready)}\n`)
process.on('SIGTERM', () => {
  process.exit(0)
})
