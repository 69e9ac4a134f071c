import { BELOW } from '../console/live-console.svelte.ts'
import type { Command } from '../commands/command-table.svelte.ts'
import { formatNumberOf } from '../ui/quantity.ts'
import type { AppState } from '../window/app.svelte.ts'
import type { TreeRow, TreeSort } from './flow-tree-model.ts'

/** What the menu of the tree offers for a row, and the palette for the row that has the keyboard. */
export interface TreeAction {
  readonly id: string
  /** What the menu says; undefined when the row does not have it. */
  readonly title: (row: TreeRow) => string | undefined
  /** What the palette says. */
  readonly commandTitle: string
  /** The key while the tree has the focus. */
  readonly key?: string
  /** Whether it changes something on the platform. */
  readonly isWrite?: boolean
  /** Whether a line stands above it. */
  readonly startsGroup?: boolean
  readonly run: (row: TreeRow) => void
}

export function treeActions(app: AppState): readonly TreeAction[] {
  const { tree, flowActions } = app
  const ofFlow =
    (title: string) =>
    (row: TreeRow): string | undefined =>
      row.flow === undefined ? undefined : title
  const ofPath =
    (title: (row: TreeRow) => string | undefined) =>
    (row: TreeRow): string | undefined =>
      row.kind === 'pins' ? undefined : title(row)
  const followed = (row: TreeRow) =>
    app.console.followed.find(
      ({ path, connectionId }) => path === row.path && connectionId === tree.connectionId
    )
  return [
    {
      id: 'open',
      title: ofFlow('Open'),
      commandTitle: 'Open the chosen flow',
      key: 'Enter',
      run: ({ flow, path }) => {
        if (flow !== undefined) app.openFlow({ flowId: flow.id, path })
      }
    },
    {
      id: 'follow',
      title: (row) =>
        row.flow === undefined
          ? undefined
          : followed(row) === undefined
            ? 'Follow in the live console'
            : 'Stop following',
      commandTitle: 'Follow the chosen flow, or stop following it',
      run: (row) => {
        const flow = followed(row)
        void (flow === undefined ? app.follow(row.path) : app.console.unfollow(flow))
      }
    },
    {
      id: 'followBelow',
      title: (row) =>
        row.kind === 'pins' || !row.isExpandable ? undefined : 'Follow all below in the live console',
      commandTitle: 'Follow every flow below the chosen one',
      run: (row) => void app.follow(`${row.path}${BELOW}`)
    },
    {
      id: 'statistics',
      title: ofFlow('Statistics'),
      commandTitle: 'Statistics of the chosen flow',
      run: ({ flow, path }) => {
        if (flow !== undefined) app.openStatistics({ id: flow.id, name: path })
      }
    },
    {
      id: 'aggregate',
      title: ofFlow('Aggregate'),
      commandTitle: 'Aggregate the drops of the chosen flow',
      run: ({ flow, path }) => {
        if (flow !== undefined) app.openAggregation({ flowId: flow.id, path })
      }
    },
    {
      id: 'new',
      title: () => 'New flow here…',
      commandTitle: 'New flow…',
      key: 'Insert',
      isWrite: true,
      startsGroup: true,
      run: (row) => {
        flowActions.openNew(row)
      }
    },
    {
      id: 'rename',
      title: ofFlow('Rename…'),
      commandTitle: 'Rename the chosen flow…',
      key: 'F2',
      isWrite: true,
      run: (row) => void flowActions.openEdit(row, 'path')
    },
    {
      id: 'edit',
      title: ofFlow('Capacity, description, filter…'),
      commandTitle: 'Change capacity, description and filter of the chosen flow…',
      isWrite: true,
      run: (row) => void flowActions.openEdit(row, 'capacity')
    },
    {
      id: 'pin',
      title: (row) => (row.flow === undefined ? undefined : row.isPinned ? 'Unpin' : 'Pin'),
      commandTitle: 'Pin the chosen flow, or unpin it',
      startsGroup: true,
      run: (row) => void tree.pin(row.path, !row.isPinned)
    },
    {
      id: 'hide',
      title: ofPath((row) => (row.isHidden ? 'Show always' : 'Hide')),
      commandTitle: 'Hide the chosen row, or show it always',
      run: (row) => void tree.hide(row.path, !row.isHidden)
    },
    {
      id: 'copyPath',
      title: ofPath(() => 'Copy the path'),
      commandTitle: 'Copy the path of the chosen row',
      run: (row) => void app.explorer.copyText({ text: row.path })
    },
    {
      id: 'expandSiblings',
      title: (row) => (row.isExpandable ? 'Open all beside it' : undefined),
      commandTitle: 'Open all folders beside the chosen one',
      key: '*',
      run: (row) => void tree.expandSiblings(row)
    },
    {
      id: 'empty',
      title: ofFlow('Empty…'),
      commandTitle: 'Delete all drops of the chosen flow…',
      isWrite: true,
      startsGroup: true,
      run: (row) => {
        flowActions.openEmpty(row)
      }
    },
    {
      id: 'delete',
      title: ofPath((row) =>
        row.flow === undefined ? `Delete ${formatNumberOf(row.flowCount, 'flow')}…` : 'Delete…'
      ),
      commandTitle: 'Delete the chosen flow, or all flows of the chosen folder…',
      key: 'Delete',
      isWrite: true,
      run: (row) => void flowActions.openDelete(row)
    }
  ]
}

/** What the rows of a folder can be ordered by, as menus say it. */
export const TREE_SORTS: readonly {
  readonly sort: TreeSort
  readonly title: string
  readonly note: string
}[] = [
  { sort: 'name', title: 'Name', note: '' },
  { sort: 'rate', title: 'Rate', note: 'Flows that are followed live, the busiest first' },
  {
    sort: 'received',
    title: 'Drops received live',
    note: 'The platform does not tell how many drops each flow holds: what arrived in this run is counted'
  },
  {
    sort: 'last-drop',
    title: 'Last drop',
    note: 'Flows that got a drop while they were followed, the latest first'
  }
]

/** Everything that the menus of the tree do, for the palette. */
export function treeCommands(app: AppState): readonly Command[] {
  const activeRow = (): TreeRow | undefined => app.tree.rows.at(app.tree.activePlace)
  const refusal = (): string | undefined => app.connections.refusalOf(app.connections.chosenId)
  return [
    ...treeActions(app).map(({ id, commandTitle, isWrite, title, run }): Command => ({
      id: `tree.${id}`,
      title: `Flow tree: ${commandTitle}`,
      isAvailable: () => {
        const row = activeRow()
        if (isWrite === true && refusal() !== undefined) return false
        return id === 'new' || (row !== undefined && title(row) !== undefined)
      },
      ...(isWrite === true ? { whyNot: refusal } : {}),
      run: () => {
        const row = activeRow()
        if (id === 'new') app.flowActions.openNew(row)
        else if (row !== undefined) run(row)
      }
    })),
    ...TREE_SORTS.map(({ sort, title }): Command => ({
      id: `tree.sort.${sort}`,
      title: `Flow tree: sort by ${title.toLowerCase()}`,
      isAvailable: () => app.tree.sort !== sort,
      run: () => void app.tree.sortBy(sort)
    })),
    {
      id: 'tree.collapseAll',
      title: 'Flow tree: close all folders',
      isAvailable: () => true,
      run: () => void app.tree.collapseAll()
    },
    {
      id: 'tree.showHidden',
      title: 'Flow tree: show hidden rows, or hide them again',
      isAvailable: () => app.tree.shape.hiddenPaths > 0,
      run: () => void app.tree.showHidden(!app.tree.shape.showsHidden)
    },
    {
      id: 'tree.cancelRead',
      title: 'Flow tree: stop reading flows',
      isAvailable: () => app.tree.readFlows !== undefined,
      run: () => {
        app.tree.cancelRead()
      }
    }
  ]
}
