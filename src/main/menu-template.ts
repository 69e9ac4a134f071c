import type { MenuItemConstructorOptions } from 'electron'

/**
 * What stands in the native menu. A command carries the id it has in the window's command table, so that menu, palette and
 * keyboard do the same; its keys are shown here and handled by the window, which alone knows where the focus is.
 *
 * `choose` is called with the id of the command that was chosen.
 */
export function menuTemplate(
  choose: (commandId: string) => void,
  isMac: boolean
): MenuItemConstructorOptions[] {
  const command = (label: string, commandId: string, accelerator?: string): MenuItemConstructorOptions => ({
    id: commandId,
    label,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: () => {
      choose(commandId)
    }
  })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        command('Go to Flow…', 'goToFlow', 'CmdOrCtrl+P'),
        command('All Commands…', 'openCommandPalette', 'CmdOrCtrl+Shift+P'),
        separator,
        command('New Drop', 'newDrop', 'CmdOrCtrl+Alt+N'),
        command('Save Changes', 'saveChanges', 'CmdOrCtrl+S'),
        command('Close Tab', 'closeTab', 'CmdOrCtrl+W'),
        separator,
        command('Settings', 'openSettings', 'CmdOrCtrl+,'),
        ...(isMac ? [] : [separator, { role: 'quit' } satisfies MenuItemConstructorOptions])
      ]
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' }
      ]
    },
    {
      label: '&View',
      submenu: [
        command('Search Flows', 'searchFlows', 'CmdOrCtrl+Shift+F'),
        command('Edit Filter', 'focusFilter', 'CmdOrCtrl+F'),
        command('Refresh Flows', 'refreshFlows'),
        command('Refresh Drops', 'refresh', 'F5'),
        separator,
        command('Next Tab', 'nextTab', 'Ctrl+Tab'),
        command('Previous Tab', 'previousTab', 'Ctrl+Shift+Tab'),
        separator,
        {
          label: 'Theme',
          submenu: [
            command('As the System', 'theme.system'),
            command('Light', 'theme.light'),
            command('Dark', 'theme.dark')
          ]
        },
        separator,
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' }
      ]
    },
    {
      label: '&Live',
      submenu: [
        command('Live Console', 'toggleConsole', 'CmdOrCtrl+J'),
        command('Pause or Resume Console', 'pauseConsole', 'CmdOrCtrl+Shift+Space'),
        command('Clear Console', 'clearConsole'),
        command('Follow This Flow', 'followFlow', 'CmdOrCtrl+Shift+L'),
        separator,
        command('Pause or Resume Sample Replay', 'toggleReplay'),
        command('Restart Local Platform', 'restartLocalPlatform')
      ]
    },
    { role: 'windowMenu' }
  ]
}
