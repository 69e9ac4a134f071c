import { CHILD_ACCOUNT, type ServerChild } from '../../support/platform-child.ts'

/** Creates drops of one flow over REST, several at a time; what it is told is stored is stored. */
export class DropWriter {
  platform: ServerChild
  /** Whether a drop may fail to be created, because its platform is killed: `history` then tells what is stored. */
  mayFail = false
  #flowId = ''
  #next = 0

  constructor(platform: ServerChild) {
    this.platform = platform
  }

  /** How many drops were created, or tried to be, each with the elem `n`: 0 and up. */
  get created(): number {
    return this.#next
  }

  async makeFlow(path: string, capacity: number): Promise<void> {
    const { id } = (await this.#ask('POST', '/flow', { path, capacity })) as { readonly id: string }
    this.#flowId = id
  }

  /** With `elems` beside `n` in each of them. */
  async create(count: number, elems: object = {}): Promise<void> {
    const end = this.#next + count
    const work = async (): Promise<void> => {
      while (this.#next < end) {
        const n = this.#next++
        try {
          await this.#ask('POST', `/drop/${this.#flowId}`, { elems: { n, ...elems } })
        } catch (error) {
          if (!this.mayFail) throw error
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, work))
  }

  /** No faster than so many a second; slower where the platform is. */
  async createSteadily(count: number, perSecond: number, elems: object = {}): Promise<void> {
    const [first, startedMs] = [this.#next, performance.now()]
    while (this.#next < first + count) {
      const due = Math.floor(((performance.now() - startedMs) * perSecond) / 1000)
      await this.create(Math.min(due, count) - (this.#next - first), elems)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** The n of each drop that the flow holds, the oldest first. */
  async history(): Promise<number[]> {
    const drops = (await this.#ask(
      'GET',
      `/drop/${this.#flowId}?limit=100000&sort=creationDate&order=asc&only=n`
    )) as {
      readonly elems: { readonly n: number }
    }[]
    return drops.map(({ elems }) => elems.n)
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { account, token } = CHILD_ACCOUNT
    const response = await fetch(`${this.platform.url}/v4.0/${account}${path}`, {
      method,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const answer = (await response.json()) as { readonly body: unknown }
    if (!response.ok) throw new Error(JSON.stringify(answer))
    return answer.body
  }
}
