import type { Connection } from '../../shared/model/connection.ts'
import type { Flow } from '../../shared/model/flow.ts'
import type { AppState } from './app.svelte.ts'

/** The sample world is written while the app starts: its flows are asked for again until they are there. */
const ATTEMPTS = 60
const BETWEEN_ATTEMPTS_MS = 250

/**
 * The first run shows real data at once: a flow with drops in a tab, and a flow with traffic in the console. Somebody who
 * was quicker and went to another connection stays there.
 */
export async function openFirstRun(app: AppState, { id, account }: Connection): Promise<void> {
  const isStillHere = (): boolean => app.connections.chosenId === id
  const opening = flowWhenThere(app, id, `/${account}/sample/earthquakes`).then((flow) => {
    if (flow !== undefined && isStillHere()) app.openFlow({ flowId: flow.id, path: flow.path })
  })
  const following = flowWhenThere(app, id, `/${account}/sample/weather/seattle`).then(async (flow) => {
    if (flow === undefined) return
    await app.console.follow(id, flow.path)
    if (!isStillHere()) return
    // The tree was read while the sample world was being written.
    await app.tree.read(id)
    if (!isStillHere()) return
    await app.tree.reveal(flow.path)
    const opened = app.tabs.activeFlow
    if (opened !== undefined) await app.tree.reveal(opened.path)
  })
  await Promise.all([opening, following])
}

async function flowWhenThere(app: AppState, connectionId: string, path: string): Promise<Flow | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = await app.explorer.readFlow({ connectionId, flow: { path } })
    if (result.ok) return result.value
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS))
  }
  return undefined
}
