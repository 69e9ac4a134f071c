import { expect, test, vi } from 'vitest'
import type { Explorer } from '../../../src/renderer/bridge.ts'
import type { DropWorkerClient } from '../../../src/renderer/console/drop-worker-client.ts'
import { LiveConsole } from '../../../src/renderer/console/live-console.svelte.ts'
import type { FollowedFlow } from '../../../src/renderer/console/live-console.svelte.ts'
import type { LiveSnapshot } from '../../../src/renderer/console/live-snapshot.ts'
import { MAX_KEPT_FILTER_CHARACTERS, MAX_LIVE_HIGHLIGHTS } from '../../../src/shared/ipc/filter-limits.ts'
import { workspaceSchema } from '../../../src/shared/ipc/settings.ts'
import { success } from '../../../src/shared/result.ts'

/** A console, what its worker was told last, and how often there was something to save. */
function makeConsole() {
  const told = { rules: {}, highlights: {} }
  const asked: string[] = []
  let changes = 0
  const worker = {
    post: () => {},
    call: (name: string, input: object) => {
      if (name === 'setLiveRules') told.rules = input
      if (name === 'setHighlights') told.highlights = input
      return Promise.resolve(success(null))
    }
  } as unknown as DropWorkerClient
  const ask = (name: string, value: object) => () => {
    asked.push(`${name} with ${JSON.stringify(told.rules)}`)
    return Promise.resolve(success(value))
  }
  const explorer = {
    subscribe: ask('subscribe', { flowId: 'f1' }),
    followBelow: ask('followBelow', { flowCount: 2 }),
    unsubscribe: ask('unsubscribe', {}),
    unfollowBelow: ask('unfollowBelow', {})
  } as unknown as Explorer
  const live = new LiveConsole({
    explorer,
    worker,
    changed: () => {
      changes += 1
    },
    liveDropShown: () => {}
  })
  /** The worker tells at which path a flow is. */
  const tellPath = (flowId: string, path: string): void => {
    const flow = { subscriptionId: 1, connectionId: 'local', flowId, path, receivedDrops: 0, lastAtMs: 0 }
    const snapshot = { rows: [], flows: [{ ...flow, perSecond: 0 }] } as unknown as LiveSnapshot
    ;(worker as unknown as { onLive: (told: LiveSnapshot) => void }).onLive(snapshot)
  }
  return { live, told, asked, tellPath, changes: () => changes }
}

const followed = (live: LiveConsole, path: string): FollowedFlow => {
  const flow = live.followed.find((each) => each.path === path)
  if (flow === undefined) throw new Error(`${path} is not followed.`)
  return flow
}

const rules = (filter: string, mutedFlows: readonly string[], soloFlows: readonly string[]) => ({
  filter,
  mutedFlows,
  soloFlows
})

test('what was set up is in force again in another console, before its flows are asked for', async () => {
  const before = makeConsole()
  await before.live.follow('local', '/local/a')
  await before.live.follow('local', '/local/b/*')
  before.live.setFilter('mag > 4')
  before.live.filterDraft = 'mag > 4 && pla'
  before.live.addHighlight('mag > 6')
  before.live.addHighlight('mag > 5')
  before.live.toggleMute(followed(before.live, '/local/a'))
  before.live.toggleSolo(followed(before.live, '/local/b/*'))
  const { saved } = before.live

  const { live, told, asked } = makeConsole()
  live.restoreRules(saved)
  live.restoreFlows(saved.liveFlows)
  const inForce = rules('mag > 4', ['local /local/a'], ['local /local/b/*'])
  expect(told).toEqual({
    rules: inForce,
    highlights: {
      rules: [
        { filter: 'mag > 6', colour: 1 },
        { filter: 'mag > 5', colour: 2 }
      ]
    }
  })
  expect(asked).toEqual(['subscribe', 'followBelow'].map((name) => `${name} with ${JSON.stringify(inForce)}`))
  expect([live.filter, live.filterDraft]).toEqual(['mag > 4', 'mag > 4'])
  expect(live.isMuted(followed(live, '/local/a'))).toBe(true)
  expect(live.isSolo(followed(live, '/local/b/*'))).toBe(true)
  expect(live.saved).toEqual(saved)
  // A rule that is added has a number of its own.
  live.addHighlight()
  expect(new Set(live.highlights.map(({ id }) => id)).size).toBe(3)
})

test('whatever changes a rule is told to be saved', async () => {
  const { live, changes } = makeConsole()
  await live.follow('local', '/local/a')
  const flow = followed(live, '/local/a')
  const steps: (() => void)[] = [
    () => {
      live.setFilter('a')
    },
    () => {
      live.toggleMute(flow)
    },
    () => {
      live.toggleSolo(flow)
    },
    () => {
      live.addHighlight('b')
    },
    () => {
      live.changeHighlight(1, { colour: 5 })
    },
    () => {
      live.removeHighlight(1)
    },
    () => {
      live.showAll()
    }
  ]
  const told = steps.map((step) => {
    const before = changes()
    step()
    return changes() > before
  })
  expect(told).toEqual(steps.map(() => true))
})

test('mute and solo go with their flow, and do not come back with it', async () => {
  const { live, told } = makeConsole()
  await live.follow('local', '/local/a')
  live.toggleMute(followed(live, '/local/a'))
  live.toggleSolo(followed(live, '/local/a'))
  await live.unfollow(followed(live, '/local/a'))
  expect(told.rules).toEqual(rules('', [], []))
  expect(live.saved.liveFlows).toEqual([])
  await live.follow('local', '/local/a')
  expect(live.saved.liveFlows).toEqual([
    { connectionId: 'local', path: '/local/a', isMuted: false, isSolo: false }
  ])
})

test('mute and solo move with a flow that is renamed, and nothing is asked of the platform', async () => {
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
    draw()
  })
  const { live, told, asked, tellPath } = makeConsole()
  await live.follow('local', '/local/a')
  live.toggleMute(followed(live, '/local/a'))
  const before = asked.length
  tellPath('f1', '/local/z')
  vi.unstubAllGlobals()
  expect(told.rules).toEqual(rules('', ['local /local/z'], []))
  expect(live.saved.liveFlows).toEqual([
    { connectionId: 'local', path: '/local/z', isMuted: true, isSolo: false }
  ])
  expect(asked).toHaveLength(before)
})

test('a flow that is let go before it is followed is not followed', async () => {
  const { live, asked } = makeConsole()
  const following = live.follow('local', '/local/a')
  await live.unfollow(followed(live, '/local/a'))
  await following
  expect(live.followed).toEqual([])
  expect(asked.map((ask) => ask.split(' ')[0])).toEqual(['subscribe', 'unsubscribe'])
})

test('a flow that is let go and followed again, before or after it is answered, is followed', async () => {
  for (const isAnswered of [false, true]) {
    const { live, asked } = makeConsole()
    const following = live.follow('local', '/local/a')
    const letGo = live.unfollow(followed(live, '/local/a'))
    if (isAnswered) await letGo
    await Promise.all([following, live.follow('local', '/local/a')])
    expect(live.followed).toEqual([{ connectionId: 'local', path: '/local/a', flowId: 'f1' }])
    const verbs = asked.map((ask) => ask.split(' ')[0])
    expect(verbs).toEqual(isAnswered ? ['subscribe', 'unsubscribe', 'subscribe'] : ['subscribe'])
  }
})

test('of two chips that turn out to be one flow the mute of the one that stays is kept', async () => {
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
    draw()
  })
  const { live, told, tellPath } = makeConsole()
  await live.follow('local', '/local/a')
  live.toggleMute(followed(live, '/local/a'))
  tellPath('f1', '/local/b')
  // Known by its old path to somebody: the platform answers the same flow.
  await live.follow('local', '/local/a')
  tellPath('f1', '/local/b')
  vi.unstubAllGlobals()
  expect(live.followed.map(({ path }) => path)).toEqual(['/local/b'])
  expect(told.rules).toEqual(rules('', ['local /local/b'], []))
})

test('flows of a connection that is gone go with their rules, and those of others stay', async () => {
  const { live, told } = makeConsole()
  for (const connectionId of ['gone', 'local']) {
    await live.follow(connectionId, '/ana/a')
    for (const flow of live.followed) if (flow.connectionId === connectionId) live.toggleMute(flow)
  }
  live.setFilter('mag > 4')
  await live.forgetConnection('gone')
  expect(live.followed.map(({ connectionId }) => connectionId)).toEqual(['local'])
  expect(told.rules).toEqual(rules('mag > 4', ['local /ana/a'], []))
})

test('there are never more rules, nor longer ones, than a workspace holds', () => {
  const { live } = makeConsole()
  for (let count = 0; count <= MAX_LIVE_HIGHLIGHTS; count++) live.addHighlight('mag > 4')
  live.changeHighlight(1, { filter: 'x'.repeat(MAX_KEPT_FILTER_CHARACTERS + 1) })
  live.setFilter('x'.repeat(100_000))
  expect(live.hasRoomForHighlight).toBe(false)
  const { liveFlows, liveFilter, liveHighlights } = workspaceSchema.shape
  const { saved } = live
  expect(liveFlows.parse(saved.liveFlows)).toEqual([])
  expect(liveFilter.parse(saved.liveFilter)).toBe('')
  expect(liveHighlights.parse(saved.liveHighlights).length).toBe(MAX_LIVE_HIGHLIGHTS - 1)
})
