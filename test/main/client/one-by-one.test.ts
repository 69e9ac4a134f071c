import { expect, test } from 'vitest'
import { oneByOne } from '../../../src/main/client/one-by-one.ts'

let isEnded: boolean

async function* groupsOf(...groups: (readonly number[])[]): AsyncGenerator<readonly number[], void> {
  isEnded = false
  try {
    for (const group of groups) {
      await Promise.resolve()
      yield group
    }
  } finally {
    isEnded = true
  }
}

test('the members of all groups come in order, empty groups are passed over', async () => {
  const seen: number[] = []
  for await (const member of oneByOne(groupsOf([1, 2], [], [3], []))) seen.push(member)
  expect({ seen, isEnded }).toEqual({ seen: [1, 2, 3], isEnded: true })
})

test('members that are asked for at once are answered in the order of asking', async () => {
  const members = oneByOne(groupsOf([1, 2], [3], [4]))
  const answers = await Promise.all(Array.from({ length: 6 }, () => members.next()))
  expect(answers.map(({ value }) => value)).toEqual([1, 2, 3, 4, undefined, undefined])
})

test('who stops early ends the groups, and gets nothing more', async () => {
  const members = oneByOne(groupsOf([1, 2, 3], [4]))
  for await (const member of members) if (member === 2) break
  expect({ isEnded, next: await members.next() }).toEqual({
    isEnded: true,
    next: { done: true, value: undefined }
  })
})

test('a group that fails is the failure of its members', async () => {
  async function* failing(): AsyncGenerator<readonly number[], void> {
    yield [1]
    await Promise.resolve()
    throw new Error('gone')
  }
  const members = oneByOne(failing())
  expect((await members.next()).value).toBe(1)
  await expect(members.next()).rejects.toThrow('gone')
  expect(await members.next()).toEqual({ done: true, value: undefined })
})
