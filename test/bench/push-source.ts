import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { systemClock } from '../../src/shared/clock.ts'
import { createAuthority } from '../../src/platform/auth.ts'
import { createDropService } from '../../src/platform/engine/drops.ts'
import { createFilterJudge } from '../../src/platform/engine/filter-judge.ts'
import { createFlowService } from '../../src/platform/engine/flows.ts'
import { FlowTurns } from '../../src/platform/engine/flow-turns.ts'
import { ensureIdentities } from '../../src/platform/engine/identities.ts'
import { createIdMint } from '../../src/platform/engine/ids.ts'
import type { Parts } from '../../src/platform/engine/parts.ts'
import { storedDrop } from '../../src/platform/engine/publish.ts'
import type { Service } from '../../src/platform/engine/service.ts'
import { createPlatformServer } from '../../src/platform/http-server.ts'
import { createHub } from '../../src/platform/live/hub.ts'
import { createSessions } from '../../src/platform/live/sessions.ts'
import { silentLog } from '../../src/platform/log.ts'
import { dropRoutes } from '../../src/platform/routes/drop.ts'
import { flowRoutes } from '../../src/platform/routes/flow.ts'
import { createMemoryStore } from '../../src/platform/store/memory-store.ts'
import type { PushOrder, PushReport } from './push-order.ts'

/**
 * The platform's own sessions, hub and outbox, fed with drops that no store keeps: as many a second as one asks for. A process
 * of its own; it prints its address, takes an order a line (`push-order.ts`) and answers each with a line when it is done.
 *
 * `node push-source.ts ACCOUNT TOKEN`
 */
const [account = '', token = ''] = process.argv.slice(2)
const DROP_BYTES = 300
/** Drops leave in such bursts, as those of a busy platform do. */
const TICK_MS = 4

const clock = systemClock
const store = createMemoryStore(clock)
const ids = createIdMint(clock)
const identities = await ensureIdentities(store, ids, clock, [account])
const authority = createAuthority({
  accounts: [{ account, token }],
  identityOf: (name) => identities.get(name) ?? '',
  store,
  clock
})
const hub = createHub(() => parts)
const parts: Parts = {
  store,
  clock,
  ids,
  authority,
  log: silentLog,
  masterTokenOf: () => token,
  fhash: 'ignore',
  judge: createFilterJudge(clock),
  turns: new FlowTurns(),
  announce: hub.announce
}
const flows = createFlowService(parts)
const drops = createDropService(parts)
const services = new Map<string, Service>([
  ['flow', flows],
  ['drop', drops]
])
const server = await createPlatformServer({
  authority,
  sessions: createSessions({ parts, services, hub }),
  routes: [...flowRoutes(flows), ...dropRoutes(drops)],
  onCall: () => {},
  log: silentLog
})
const address = `127.0.0.1:${String(await server.listen('127.0.0.1', 0))}`
print({ ready: true, url: `http://${address}`, wsUrl: `ws://${address}` })

for await (const line of createInterface({ input: process.stdin })) {
  print(await push(JSON.parse(line) as PushOrder))
}
process.exit(0)

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

async function push({ flowIds, ratePerSecond, seconds }: PushOrder): Promise<PushReport> {
  const wanted = Math.round(ratePerSecond * seconds)
  const padding = randomBytes(DROP_BYTES).toString('base64')
  const startMs = performance.now()
  let sentDrops = 0
  while (sentDrops < wanted) {
    const due = Math.min(wanted, Math.floor(((performance.now() - startMs) / 1000) * ratePerSecond))
    for (; sentDrops < due; sentDrops += 1) {
      hub.announce(makeDrop(flowIds[sentDrops % flowIds.length] ?? '', sentDrops, padding))
    }
    if (sentDrops < wanted) await new Promise((next) => setTimeout(next, TICK_MS))
  }
  return { sentDrops, endedAtMs: Date.now(), tookMs: performance.now() - startMs }
}

function makeDrop(flowId: string, n: number, padding: string): ReturnType<typeof storedDrop> {
  const creationDate = clock.now()
  const id = ids.mint('drop', creationDate)
  const drop = {
    id,
    flowId,
    path: `/${account}/bench`,
    creationDate,
    version: 0,
    elems: { n, temp: (n % 400) / 10, isOpen: n % 2 === 0, place: `Room ${String(n % 37)}`, text: '' }
  }
  drop.elems.text = padding.slice(0, Math.max(0, DROP_BYTES - JSON.stringify(drop).length))
  return storedDrop(drop, true)
}
