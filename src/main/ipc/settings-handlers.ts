import { success } from '../../shared/result.ts'
import type { Settings } from '../../shared/ipc/settings.ts'
import type { Stores } from '../settings.ts'
import type { HandlersOf } from './answer-request.ts'

export interface SettingsHandlerParts {
  readonly stores: Stores
  readonly onSettingsChanged: (settings: Settings) => void
}

export const settingsHandlers = ({
  stores,
  onSettingsChanged
}: SettingsHandlerParts): HandlersOf<
  'readSettings' | 'changeSettings' | 'readWorkspace' | 'saveWorkspace'
> => ({
  readSettings: () => success(stores.settings.read()),
  changeSettings: (changes) => {
    const settings = stores.settings.change(changes)
    onSettingsChanged(settings)
    return success(settings)
  },
  readWorkspace: () => success(stores.workspace.read() ?? null),
  saveWorkspace: (workspace) => {
    stores.workspace.write(workspace)
    return success(null)
  }
})
