import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'

/**
 * The native menu. Each command is sent to the window by its id in the window's command table, so that menu, palette and
 * keyboard do the same.
 *
 * `onCommand` is called with the id of the command that was chosen.
 */
export function setApplicationMenu(
  onCommand: (commandId: string) => void,
  isMac = process.platform === 'darwin'
): void {
  const command = (label: string, commandId: string, accelerator?: string): MenuItemConstructorOptions => ({
    id: commandId,
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      onCommand(commandId)
    }
  })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        command('Go to Flow…', 'goToFlow', 'CmdOrCtrl+P'),
        command('Command Palette…', 'openCommandPalette', 'CmdOrCtrl+Shift+P'),
        separator,
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
        command('Refresh', 'refresh', 'F5'),
        separator,
        command('Next Tab', 'nextTab', 'Ctrl+Tab'),
        command('Previous Tab', 'previousTab', 'Ctrl+Shift+Tab'),
        separator,
        command('Live Console', 'toggleConsole', 'CmdOrCtrl+J'),
        command('Switch Theme', 'switchTheme'),
        separator,
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' }
      ]
    },
    { role: 'windowMenu' }
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
