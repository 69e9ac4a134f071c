import { describe, expect, test } from 'vitest'
import { activityKey, indexActivity, NO_ACTIVITY } from '../../../src/renderer/console/flow-activity.ts'
import type { FlowActivity } from '../../../src/renderer/console/flow-activity.ts'
import { movedFollowed, movedKeys, movesIn, secondChips } from '../../../src/renderer/console/moved-flow.ts'

const activity = (flowId: string, path: string, connectionId = 'c1'): FlowActivity => ({
  subscriptionId: 1,
  connectionId,
  flowId,
  path,
  receivedDrops: 0,
  lastAtMs: 0,
  perSecond: 0
})
const chip = (flowId: string, path: string, connectionId = 'c1') => ({ connectionId, flowId, path })
const MOVE = { connectionId: 'c1', flowId: 'f1', from: '/a/old', to: '/a/new' }

describe('flows that were renamed while they are followed', () => {
  test('are those whose chip has another path, and those that were told another one before', () => {
    const flows = [activity('f1', '/a/new'), activity('f2', '/a/below/new'), activity('f3', '/a/same')]
    const before = indexActivity([activity('f2', '/a/below/old'), activity('f3', '/a/same')])
    expect(movesIn(flows, before, [chip('f1', '/a/old'), chip('f3', '/a/same')])).toEqual([
      MOVE,
      { connectionId: 'c1', flowId: 'f2', from: '/a/below/old', to: '/a/below/new' }
    ])
  })

  test('are none when they are followed for the first time', () => {
    expect(movesIn([activity('f1', '/a/new')], NO_ACTIVITY, [])).toEqual([])
  })

  test('keep their chips, mute and solo; those of another connection and of paths with a star stay', () => {
    const followed = [chip('f1', '/a/old'), chip('f1', '/a/old', 'c2'), { connectionId: 'c1', path: '/a/*' }]
    expect(movedFollowed(followed, [MOVE])).toEqual([chip('f1', '/a/new'), ...followed.slice(1)])
    const keys = [activityKey('c2', '/a/old'), activityKey('c1', '/a/old'), activityKey('c1', '/a/*')]
    expect(movedKeys(keys, [MOVE])).toEqual([keys[0], activityKey('c1', '/a/new'), keys[2]])
  })

  test('take the place of what was refused at their new path', () => {
    const refused = { connectionId: 'c1', path: '/a/new', failure: { code: 'platform/not-found' } }
    expect(movedFollowed([refused, chip('f1', '/a/old')], [MOVE])).toEqual([chip('f1', '/a/new')])
  })

  test('that swap their paths keep each its own', () => {
    const moves = [
      { ...MOVE, from: '/a/one', to: '/a/two' },
      { ...MOVE, flowId: 'f2', from: '/a/two', to: '/a/one' }
    ]
    expect(movedFollowed([chip('f1', '/a/one'), chip('f2', '/a/two')], moves)).toEqual([
      chip('f1', '/a/two'),
      chip('f2', '/a/one')
    ])
    expect(movedKeys([activityKey('c1', '/a/one')], moves)).toEqual([activityKey('c1', '/a/two')])
  })

  test('and were followed at both paths have a chip too many', () => {
    const followed = [chip('f1', '/a/new'), chip('f1', '/a/new', 'c2'), chip('f1', '/a/new')]
    expect(secondChips(followed)).toEqual([followed[2]])
  })
})
