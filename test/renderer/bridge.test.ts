import { expect, test } from 'vitest'
import { connectExplorer } from '../../src/renderer/bridge.ts'
import type { Explorer } from '../../src/renderer/bridge.ts'
import { REQUEST_NAMES } from '../../src/shared/ipc/channels.ts'
import { success } from '../../src/shared/result.ts'

const door = (over: Partial<Explorer>): Explorer => ({
  ...(Object.fromEntries(
    REQUEST_NAMES.map((name) => [name, () => Promise.resolve(success(null))])
  ) as unknown as Explorer),
  on: () => () => {},
  ...over
})

test('a request that main does not take is a failure that names it, never a rejection', async () => {
  const explorer = connectExplorer(
    door({ readWorkspace: () => Promise.reject(new Error('No handler registered')) })
  )
  expect(await explorer.readWorkspace()).toMatchObject({
    ok: false,
    failure: { message: expect.stringMatching(/readWorkspace.*No handler registered/) as string }
  })
})

test('an input goes through, and so does the answer', async () => {
  const given: unknown[] = []
  const explorer = connectExplorer(
    door({
      copyText: (input) => {
        given.push(input)
        return Promise.resolve(success(null))
      }
    })
  )
  expect(await explorer.copyText({ text: 'a' })).toEqual(success(null))
  expect(given).toEqual([{ text: 'a' }])
})
