import { expect, test } from 'vitest'
import { REQUEST_NAMES } from '../../../src/shared/ipc/channels.ts'
import { contract } from '../../../src/shared/ipc/contract.ts'
import { settingsSchema } from '../../../src/shared/ipc/settings.ts'

test('every name has an entry and every entry has a name', () => {
  expect(Object.keys(contract).sort()).toEqual([...REQUEST_NAMES].sort())
})

test('no schema accepts a member that it does not know', () => {
  const surprise = { surprise: true }
  expect(
    Object.entries(contract)
      .filter(([, { input }]) => input.safeParse(surprise).success)
      .map(([name]) => name)
  ).toEqual([])
})

test('settings have a default for each member', () => {
  expect(settingsSchema.parse({})).toMatchObject({ theme: 'system', timeZone: 'UTC', suggestions: true })
})
