import { expect, test } from 'vitest'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import { ConnectionEditor } from '../../../src/renderer/connections/connection-editor.svelte.ts'
import type { Connections } from '../../../src/renderer/connections/connections.svelte.ts'
import { failure } from '../../../src/shared/failure.ts'
import { CONNECTION_DEFAULTS, EMPTY_PROFILE } from '../../../src/shared/model/connection-profile.ts'
import type { ConnectionProfile } from '../../../src/shared/model/connection-profile.ts'
import { failed, success } from '../../../src/shared/result.ts'

/** An editor whose main keeps what it is given, or refuses it. */
function setUp(
  profile: Partial<ConnectionProfile> = {},
  keeps = true,
  tokenKeeping: 'none' | 'keychain' = 'none'
) {
  const asked: unknown[] = []
  const saved: unknown[] = []
  const explorer = {
    saveConnection: (input: unknown) => {
      asked.push(input)
      return Promise.resolve(keeps ? success({ id: 'c1' }) : failed(failure('keychain/locked')))
    },
    testConnection: (input: unknown) => {
      asked.push(input)
      return Promise.resolve(success({ isUsable: true, steps: [] }))
    }
  } as unknown as Explorer
  const connections = {
    defaults: CONNECTION_DEFAULTS,
    profiles: [{ connectionId: 'c1', profile: EMPTY_PROFILE, tokenKeeping }],
    readProfiles: () => Promise.resolve(success([])),
    read: () => Promise.resolve(success([]))
  } as unknown as Connections
  const editor = new ConnectionEditor({
    explorer,
    connections,
    connectionId: 'c1',
    profile: { ...EMPTY_PROFILE, ...profile },
    saved: (connection) => saved.push(connection)
  })
  return { editor, asked, saved }
}

const WHOLE = { name: 'Plant', account: 'ana', host: '127.0.0.1:8080', isSecure: false }

test('an error is told when its field was left, and all when it is saved; nothing is asked of main before', async () => {
  const { editor, asked } = setUp()
  expect(editor.problemOf('name')).toBeUndefined()
  editor.left('name')
  expect(editor.problemOf('name')?.severity).toBe('error')
  expect(editor.problemOf('host')).toBeUndefined()
  await editor.save()
  expect(editor.problemOf('host')?.severity).toBe('error')
  expect(asked).toEqual([])
})

test('a token goes in when it was typed, and leaves the window once it is kept', async () => {
  const { editor, asked, saved } = setUp(WHOLE)
  editor.apiToken = 'a-token'
  await editor.save()
  expect(asked).toMatchObject([{ connectionId: 'c1', apiToken: 'a-token', profile: { name: 'Plant' } }])
  expect([editor.apiToken, saved]).toEqual(['', [{ id: 'c1' }]])
})

test('a kept token that is not replaced is not touched', async () => {
  const { editor, asked } = setUp(WHOLE, true, 'keychain')
  expect(editor.isReplacing).toBe(false)
  await editor.save()
  expect(Object.keys(asked[0] as object)).not.toContain('apiToken')
})

test('a refusal is shown, and what was typed stays', async () => {
  const { editor, saved } = setUp(WHOLE, false)
  editor.apiToken = 'a-token'
  await editor.save()
  expect(editor.failure?.code).toBe('keychain/locked')
  expect([editor.apiToken, saved]).toEqual(['a-token', []])
})

test('a diagnosis is of what stands in the fields: a change takes it away', async () => {
  const { editor } = setUp(WHOLE)
  await editor.test()
  expect(editor.diagnosis.kind).toBe('known')
  editor.change({ host: '127.0.0.1:9' })
  expect(editor.diagnosis.kind).toBe('idle')
})

test('rows without a name and a value are no parameters', () => {
  const { editor } = setUp(WHOLE)
  editor.rows = [
    { id: '1', name: 'refs', value: '1', isOn: true },
    { id: '2', name: '', value: '', isOn: true }
  ]
  expect(editor.profile.parameters).toEqual([{ name: 'refs', value: '1' }])
})
