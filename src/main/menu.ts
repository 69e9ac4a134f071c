import { Menu } from 'electron'
import { menuTemplate } from './menu-template.ts'

/** Sets the native menu of the app. `choose` is called with the id of the command that was chosen. */
export function setApplicationMenu(choose: (commandId: string) => void): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(choose, process.platform === 'darwin')))
}
