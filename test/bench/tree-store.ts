import { storedFlow } from '../../src/platform/engine/flows.ts'
import { ensureIdentities } from '../../src/platform/engine/identities.ts'
import { createIdMint } from '../../src/platform/engine/ids.ts'
import { storedDrop } from '../../src/platform/engine/publish.ts'
import { silentLog } from '../../src/platform/log.ts'
import { openStore } from '../../src/platform/store/open-store.ts'
import { systemClock } from '../../src/shared/clock.ts'
import type { Elements } from '../../src/shared/model/elements.ts'
import { DEFAULT_CAPACITY_DROPS } from '../../src/shared/model/flow.ts'

/** Objects that become durable together: more would only hold memory. */
const BATCH = 2000

/** A flow to make, with the drops that it holds. */
export interface FilledFlow {
  readonly path: string
  readonly description?: string
  readonly capacity?: number
  readonly drops?: Iterable<Elements>
}

/**
 * Makes flows and drops in the data folder of a platform that is not running, the way the platform stores them: over HTTP
 * the making would take longer than what is measured.
 */
export async function fillStore(data: string, account: string, flows: Iterable<FilledFlow>): Promise<void> {
  const clock = systemClock
  const opened = openStore({ data, onDamaged: 'fail', clock, log: silentLog })
  if (!opened.ok) throw new Error(opened.failure.message)
  const { store } = opened.value
  const ids = createIdMint(clock)
  const identities = await ensureIdentities(store, ids, clock, [account])
  const creatorId = identities.get(account) ?? ''
  let changes = 0
  const changed = async (): Promise<void> => {
    changes += 1
    if (changes % BATCH === 0) await store.durable()
  }
  for (const { path, description, capacity = DEFAULT_CAPACITY_DROPS, drops = [] } of flows) {
    const creationDate = clock.now()
    const flowId = ids.mint('flow', creationDate)
    const described = description === undefined ? {} : { description }
    store.putObject(storedFlow({ id: flowId, path, capacity, ...described, creationDate, creatorId }))
    await changed()
    let last: string | undefined
    for (const elems of drops) {
      const createdAtMs = clock.now()
      const id = ids.mint('drop', createdAtMs, last)
      last = id
      const drop = { id, flowId, path, creationDate: createdAtMs, version: 0, elems }
      store.addDrop(storedDrop(drop, true), capacity)
      await changed()
    }
  }
  await store.durable()
  await store.close()
}
