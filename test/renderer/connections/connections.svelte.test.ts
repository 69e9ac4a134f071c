import { expect, test } from 'vitest'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import { Connections } from '../../../src/renderer/connections/connections.svelte.ts'
import type { Connection } from '../../../src/shared/model/connection.ts'
import { success } from '../../../src/shared/result.ts'

const connection = (host: string, kind: 'starting' | 'connected'): Connection => ({
  id: 'local',
  name: 'Local platform',
  account: 'local',
  host,
  isLocal: true,
  status: { kind }
})

/** Main's side of the conversation, as far as connections need it. */
function mainSide(listed: readonly Connection[]): { explorer: Explorer; change: (to: Connection) => void } {
  let listener: (to: Connection) => void = () => {}
  const explorer = {
    on: (_name: string, callback: (to: Connection) => void) => {
      listener = callback
      return () => {}
    },
    listConnections: () => Promise.resolve(success(listed))
  }
  return {
    explorer: explorer as unknown as Explorer,
    change: (to) => {
      listener(to)
    }
  }
}

test('a connection that was there before anybody listened is told once, and again when its host changes', async () => {
  const { explorer, change } = mainSide([connection('127.0.0.1:1', 'connected')])
  const connections = new Connections(explorer)
  change(connection('', 'starting'))
  change(connection('127.0.0.1:1', 'connected'))
  const hosts: string[] = []
  connections.onConnected = ({ host }) => hosts.push(host)
  await connections.read()
  change(connection('', 'starting'))
  change(connection('127.0.0.1:2', 'connected'))
  expect(hosts).toEqual(['127.0.0.1:1', '127.0.0.1:2'])
})
