import { expect, test } from 'vitest'
import type { Connection, ConnectionStatus } from '../../../src/shared/model/connection.ts'
import { success } from '../../../src/shared/result.ts'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import { Connections } from '../../../src/renderer/connections/connections.svelte.ts'

const local = (status: ConnectionStatus, host = '127.0.0.1:1'): Connection => ({
  id: 'local',
  name: 'Local platform',
  account: 'local',
  host,
  isLocal: true,
  status,
  colour: 0,
  environment: '',
  isReadOnly: false,
  tokenKeeping: 'this-run'
})
const CONNECTED: ConnectionStatus = { kind: 'connected', latencyMs: 2 }

/** Main, as far as connections are concerned: it lists one and tells when it changes. */
function makeMain(listed: Connection) {
  let tell: (connection: Connection) => void = () => {}
  const explorer = {
    on: (name: string, callback: (connection: Connection) => void) => {
      if (name === 'connectionChanged') tell = callback
      return () => {}
    },
    listConnections: () => Promise.resolve(success([listed]))
  } as unknown as Explorer
  return {
    explorer,
    tell: (connection: Connection) => {
      tell(connection)
    }
  }
}

test('a connection that was connected before anybody asked is told once, and not again by the list', async () => {
  const { explorer, tell } = makeMain(local(CONNECTED))
  const connections = new Connections(explorer)
  tell(local(CONNECTED))
  const told: string[] = []
  connections.onConnected = ({ id }) => told.push(id)
  await connections.read()
  expect(told).toEqual(['local'])
})

test('coming back is told, a new latency is not', async () => {
  const { explorer, tell } = makeMain(local({ kind: 'starting' }, ''))
  const connections = new Connections(explorer)
  const told: string[] = []
  connections.onConnected = ({ host }) => told.push(host)
  await connections.read()
  tell(local(CONNECTED))
  tell(local({ kind: 'connected', latencyMs: 9 }))
  tell(local({ kind: 'reconnecting', attempt: 1, reason: 'It ended.' }))
  tell(local(CONNECTED, '127.0.0.1:2'))
  expect(told).toEqual(['127.0.0.1:1', '127.0.0.1:2'])
})
