import { treeCommands } from '../flows/tree-actions.ts'
import { copyRequestAs } from '../request/copy-request.ts'
import { CODE_LANGUAGES } from '../request/request-code.ts'
import { RequestTab } from '../request/request-tab.svelte.ts'
import type { AppState } from '../window/app.svelte.ts'

/** Something that a person can ask for, by palette, by keys or by the native menu. */
export interface Command {
  /** Also the id that the native menu sends. */
  readonly id: string
  readonly title: string
  /** As shown: `Ctrl+Shift+P`. */
  readonly shortcut?: string
  readonly isAvailable: () => boolean
  /** Why it cannot be run now, where there is more to say than that it has nothing to act on. */
  readonly whyNot?: () => string | undefined
  readonly run: () => void
}

/** Every command of the window, and the keys that run them. */
export class CommandTable {
  readonly #fixed: readonly Command[]
  readonly #app: AppState
  #palette = $state<'closed' | 'flows' | 'commands'>('closed')

  constructor(app: AppState) {
    this.#app = app
    this.#fixed = commandsOf(app, (palette) => {
      this.#palette = palette
    })
  }

  /** Those that are always there, and one for each connection that can be switched to. */
  get all(): readonly Command[] {
    return [...this.#fixed, ...connectionCommands(this.#app)]
  }

  get palette(): 'closed' | 'flows' | 'commands' {
    return this.#palette
  }

  closePalette(): void {
    this.#palette = 'closed'
  }

  shortcutOf(id: string): string | undefined {
    return this.all.find((command) => command.id === id)?.shortcut
  }

  /** Runs a command by its id; an unknown or unavailable one does nothing. */
  run(id: string): void {
    const command = this.all.find((candidate) => candidate.id === id)
    if (command?.isAvailable() === true) command.run()
  }

  /** Runs the command of these keys; answers whether there was one. */
  runKeys(event: KeyboardEvent): boolean {
    const keys = keysOf(event)
    const command = this.all.find(({ shortcut }) => shortcut === keys)
    if (command?.isAvailable() !== true || isBehindQuestion(command)) return false
    command.run()
    return true
  }
}

/** A question or the palette has the keys of the window to itself; only the palette's own keys turn it round. */
const isBehindQuestion = ({ id }: Command): boolean =>
  id !== 'goToFlow' &&
  id !== 'openCommandPalette' &&
  document.querySelector('[role="dialog"][aria-modal], [role="alertdialog"]') !== null

/** Keys as they are shown: modifiers in one order, then the key. */
function keysOf({ ctrlKey, metaKey, shiftKey, altKey, key }: KeyboardEvent): string {
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key
  return [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shiftKey ? 'Shift' : '', name]
    .filter((part) => part !== '')
    .join('+')
}

function commandsOf(app: AppState, show: (palette: 'flows' | 'commands') => void): Command[] {
  const always = (): boolean => true
  const hasTab = (): boolean => app.tabs.active !== undefined
  const requestTab = (): RequestTab | undefined =>
    app.tabs.active instanceof RequestTab ? app.tabs.active : undefined
  const hasFlow = (): boolean => app.tabs.activeFlow !== undefined
  const whyReadOnly = (): string | undefined => app.tabs.activeFlow?.whyReadOnly
  return [
    {
      id: 'goToFlow',
      title: 'Go to a flow',
      shortcut: 'Ctrl+P',
      isAvailable: always,
      run: () => {
        show('flows')
      }
    },
    {
      id: 'openCommandPalette',
      title: 'Show all commands',
      shortcut: 'Ctrl+Shift+P',
      isAvailable: always,
      run: () => {
        show('commands')
      }
    },
    {
      id: 'searchFlows',
      title: 'Search flows',
      shortcut: 'Ctrl+Shift+F',
      isAvailable: always,
      run: () => {
        document.getElementById('search-flows')?.focus()
      }
    },
    {
      id: 'refreshFlows',
      title: 'Read the flow tree again',
      isAvailable: always,
      run: () => void app.tree.read(app.connections.chosenId)
    },
    ...treeCommands(app),
    {
      id: 'refresh',
      title: 'Read the drops of this flow again',
      shortcut: 'F5',
      isAvailable: hasFlow,
      run: () => app.tabs.activeFlow?.refresh()
    },
    {
      id: 'focusFilter',
      title: 'Edit the filter',
      shortcut: 'Ctrl+F',
      // Inside an editor the same keys search its text.
      isAvailable: () =>
        hasFlow() && !(document.activeElement?.closest('[aria-label="Drop"]') instanceof Element),
      run: () => {
        document.querySelector<HTMLElement>('[aria-label="Filter"]')?.focus()
      }
    },
    {
      id: 'saveChanges',
      title: 'Save the changes of this drop',
      shortcut: 'Ctrl+S',
      isAvailable: () => app.tabs.activeFlow?.editor?.canSave === true,
      whyNot: whyReadOnly,
      run: () => void app.tabs.activeFlow?.editor?.save()
    },
    {
      id: 'newDrop',
      title: 'New drop in this flow',
      shortcut: 'Ctrl+Alt+N',
      isAvailable: () => hasFlow() && whyReadOnly() === undefined,
      whyNot: whyReadOnly,
      run: () => app.tabs.activeFlow?.showDrop({ kind: 'new' })
    },
    {
      id: 'findDropsById',
      title: 'Find drops by id',
      shortcut: 'Ctrl+Alt+F',
      isAvailable: hasFlow,
      run: () => document.getElementById('find-by-id')?.click()
    },
    {
      id: 'filterOptions',
      title: 'Filter options: sort, order, limit, only, references, search in more flows',
      shortcut: 'Ctrl+Alt+O',
      isAvailable: hasFlow,
      run: () => {
        const tab = app.tabs.activeFlow
        if (tab !== undefined) tab.areOptionsOpen = !tab.areOptionsOpen
      }
    },
    {
      id: 'toggleDropsView',
      title: 'Drops as a table or as JSON',
      isAvailable: hasFlow,
      run: () => {
        const tab = app.tabs.activeFlow
        if (tab !== undefined) tab.view = tab.view === 'table' ? 'json' : 'table'
      }
    },
    {
      id: 'exportDrops',
      title: 'Export what the filter shows',
      shortcut: 'Ctrl+Shift+E',
      isAvailable: hasFlow,
      run: () => {
        const tab = app.tabs.activeFlow
        if (tab !== undefined) tab.isExportOpen = true
      }
    },
    {
      id: 'chartDrops',
      title: 'Chart numbers and dates of these drops',
      isAvailable: hasFlow,
      run: () => document.getElementById('chart-drops')?.click()
    },
    {
      id: 'deleteShownDrops',
      title: 'Delete what the filter shows',
      isAvailable: () => hasFlow() && whyReadOnly() === undefined,
      whyNot: whyReadOnly,
      run: () => app.tabs.activeFlow?.askDeleteShown()
    },
    {
      id: 'followFlow',
      title: 'Follow this flow in the live console',
      shortcut: 'Ctrl+Shift+L',
      isAvailable: hasFlow,
      run: () => {
        const path = app.tabs.activeFlow?.path
        if (path !== undefined) void app.follow(path)
      }
    },
    {
      id: 'openStatistics',
      title: 'Statistics',
      shortcut: 'Ctrl+Shift+S',
      isAvailable: always,
      run: () => {
        app.openStatistics()
      }
    },
    {
      id: 'openAggregation',
      title: 'Aggregation',
      shortcut: 'Ctrl+Shift+A',
      isAvailable: always,
      run: () => {
        app.openAggregation()
      }
    },
    {
      id: 'aggregateFlow',
      title: 'Aggregate the drops of this flow',
      isAvailable: hasFlow,
      run: () => {
        const flow = app.tabs.activeFlow
        if (flow !== undefined) app.openAggregation({ flowId: flow.flowId, path: flow.path })
      }
    },
    {
      id: 'chartFlow',
      title: 'Statistics of this flow',
      isAvailable: hasFlow,
      run: () => {
        const flow = app.tabs.activeFlow
        if (flow !== undefined) app.openStatistics({ id: flow.flowId, name: flow.path })
      }
    },
    {
      id: 'closeTab',
      title: 'Close this tab',
      shortcut: 'Ctrl+W',
      isAvailable: hasTab,
      run: () => {
        const { active } = app.tabs
        if (active !== undefined) app.tabs.close(active)
      }
    },
    {
      id: 'nextTab',
      title: 'Next tab',
      shortcut: 'Ctrl+Tab',
      isAvailable: hasTab,
      run: () => {
        app.tabs.activateNext(1)
      }
    },
    {
      id: 'previousTab',
      title: 'Previous tab',
      shortcut: 'Ctrl+Shift+Tab',
      isAvailable: hasTab,
      run: () => {
        app.tabs.activateNext(-1)
      }
    },
    {
      id: 'toggleConsole',
      title: 'Show or hide the live console',
      shortcut: 'Ctrl+J',
      isAvailable: always,
      run: () => {
        app.workspace.changePanes({ isConsoleOpen: !app.workspace.panes.isConsoleOpen })
      }
    },
    {
      id: 'pauseConsole',
      title: 'Pause or resume the live console',
      shortcut: 'Ctrl+Shift+Space',
      isAvailable: () => app.workspace.panes.isConsoleOpen,
      run: () => {
        app.console.setPaused(!app.console.isPaused)
      }
    },
    {
      id: 'clearConsole',
      title: 'Clear the live console',
      isAvailable: always,
      run: () => {
        app.console.clear()
      }
    },
    {
      id: 'toggleReplay',
      title: 'Pause or resume the replay of sample rows',
      isAvailable: () => app.replay !== undefined,
      run: () => void app.changeReplay({ isPaused: app.replay?.isPaused !== true })
    },
    {
      id: 'newConnection',
      title: 'New connection',
      shortcut: 'Ctrl+Alt+C',
      isAvailable: always,
      run: () => {
        app.connectionScreens.create()
      }
    },
    {
      id: 'manageConnections',
      title: 'Manage connections: open, edit, delete, import, export',
      shortcut: 'Ctrl+Shift+M',
      isAvailable: always,
      run: () => {
        app.connectionScreens.manage()
      }
    },
    {
      id: 'importConnections',
      title: 'Import connections from VCAP_SERVICES or a file',
      isAvailable: always,
      run: () => {
        app.connectionScreens.show('import')
      }
    },
    {
      id: 'connectionDefaults',
      title: 'Defaults of connections',
      isAvailable: always,
      run: () => {
        app.connectionScreens.show('defaults')
      }
    },
    {
      id: 'editConnection',
      title: 'Edit this connection',
      isAvailable: () => app.connections.chosen?.isLocal === false,
      run: () => {
        app.connectionScreens.edit(app.connections.chosenId)
      }
    },
    {
      id: 'testConnection',
      title: 'Test this connection',
      isAvailable: () => app.connections.chosen?.isLocal === false,
      run: () => {
        app.connectionScreens.test(app.connections.chosenId)
      }
    },
    {
      id: 'openRequestConsole',
      title: 'Request console',
      shortcut: 'Ctrl+Alt+R',
      isAvailable: always,
      run: () => {
        app.openRequestConsole()
      }
    },
    {
      id: 'newRequestConsole',
      title: 'Another request console',
      isAvailable: always,
      run: () => {
        app.openRequestConsole(true)
      }
    },
    {
      id: 'sendRequest',
      title: 'Send the request, the batch or the frame',
      shortcut: 'Ctrl+Enter',
      isAvailable: () => requestTab() !== undefined,
      run: () => requestTab()?.run()
    },
    ...CODE_LANGUAGES.map((language) => ({
      id: `copyAs${language === 'curl' ? 'Curl' : language}`,
      title: `Copy the request as ${language}`,
      ...(language === 'curl' ? { shortcut: 'Ctrl+Alt+U' } : {}),
      isAvailable: () => requestTab() !== undefined,
      run: () => {
        const tab = requestTab()
        if (tab !== undefined) void copyRequestAs(app, tab, language)
      }
    })),
    {
      id: 'restartLocalPlatform',
      title: 'Restart the local platform',
      isAvailable: always,
      run: () => void app.explorer.restartLocalPlatform()
    },
    {
      id: 'openSettings',
      title: 'Settings',
      shortcut: 'Ctrl+,',
      isAvailable: always,
      run: () => {
        app.isSettingsOpen = true
      }
    },
    {
      id: 'switchTheme',
      title: 'Theme: the other one',
      isAvailable: always,
      run: () => void app.preferences.change({ theme: app.preferences.theme === 'dark' ? 'light' : 'dark' })
    },
    ...(['system', 'dark', 'light'] as const).map((theme) => ({
      id: `theme.${theme}`,
      title: theme === 'system' ? 'Theme: as the system' : `Theme: ${theme}`,
      isAvailable: always,
      run: () => void app.preferences.change({ theme })
    }))
  ]
}

const connectionCommands = (app: AppState): Command[] =>
  app.connections.all.map(({ id, name }) => ({
    id: `switchTo.${id}`,
    title: `Switch to connection ${name}`,
    isAvailable: () => app.connections.chosenId !== id,
    run: () => {
      app.chooseConnection(id)
    }
  }))
