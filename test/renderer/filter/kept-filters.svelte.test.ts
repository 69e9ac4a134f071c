import { expect, test } from 'vitest'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import { KeptFilters } from '../../../src/renderer/filter/kept-filters.svelte.ts'
import type { KeptFilters as Kept } from '../../../src/shared/ipc/filters.ts'
import { success } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'

const kept = (connectionId: string): Kept => ({
  connectionId,
  history: [{ text: `of ${connectionId}`, ranAtMs: 0 }],
  saved: []
})

test('filters of one connection are never shown for another', async () => {
  let chosen = 'a'
  const answers = new Map<string, (answer: Result<Kept>) => void>()
  const explorer = {
    listFilters: ({ connectionId }: { connectionId: string }) =>
      new Promise<Result<Kept>>((resolve) => {
        answers.set(connectionId, resolve)
      })
  } as unknown as Explorer
  const filters = new KeptFilters(explorer, () => chosen)
  const texts = (): string[] => filters.history.map(({ text }) => text)

  const first = filters.read()
  answers.get('a')?.(success(kept('a')))
  await first
  expect(texts()).toEqual(['of a'])

  chosen = 'b'
  expect(texts()).toEqual([])
  const second = filters.read()
  chosen = 'c'
  const third = filters.read()
  answers.get('c')?.(success(kept('c')))
  await third
  answers.get('b')?.(success(kept('b')))
  await second
  expect(texts()).toEqual(['of c'])
})
