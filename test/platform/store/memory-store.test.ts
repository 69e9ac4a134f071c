import { createMemoryStore } from '../../../src/platform/store/memory-store.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { describeStore } from '../store.contract.ts'

describeStore('memory', () =>
  Promise.resolve({ store: createMemoryStore(systemClock), remove: () => Promise.resolve() })
)
