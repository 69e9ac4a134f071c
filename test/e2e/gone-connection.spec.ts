import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

test('tabs and followed flows of a connection that is gone keep nothing from starting, and say so', async () => {
  const connectionId = 'a-connection-that-is-gone'
  writeFileSync(
    join(profile, 'workspace.json'),
    JSON.stringify({
      tabs: [
        {
          kind: 'flow',
          connectionId,
          flowId: 'f0123456789abcdef01234567',
          path: '/ana/a',
          filter: '',
          filterDraft: ''
        },
        { kind: 'request', connectionId, state: '' }
      ],
      activeTab: 0,
      chosenConnectionId: connectionId,
      trees: [{ connectionId, expandedPaths: [], pinnedPaths: [], hiddenPaths: [], sort: 'name' }],
      sidebarWidth: 280,
      dropPanelWidth: 400,
      consoleHeight: 240,
      isConsoleOpen: true,
      isConsoleNewestFirst: true,
      gridLayouts: [],
      liveFlows: [{ connectionId, path: '/ana/a' }]
    })
  )
  const { page, close } = await launch(profile)
  await expect(page.getByText('There is no such connection.').first()).toBeVisible()
  const tree = page.getByRole('tree', { name: 'Flows', exact: true })
  await expect(tree.getByRole('treeitem', { name: /^local/ })).toBeVisible({ timeout: 10_000 })
  await close()
})
