import { EventEmitter } from 'node:events'
import { loud } from './not-implemented.ts'
import { Permissions } from './permissions.ts'
import { protocol } from './protocol.ts'

type Apply = () => void

export const permissions = new Permissions()

let applyPermissions: Apply = () => {}

/** Called when the app changes its handlers while windows are open. */
export function onPermissionsChanged(apply: Apply): void {
  applyPermissions = apply
}

const defaultSession = loud(
  'session.defaultSession',
  Object.assign(new EventEmitter(), {
    protocol,
    setPermissionRequestHandler(handler: Permissions['onRequest'] | null): void {
      permissions.onRequest = handler ?? undefined
      applyPermissions()
    },
    setPermissionCheckHandler(handler: Permissions['onCheck'] | null): void {
      permissions.onCheck = handler ?? undefined
      applyPermissions()
    },
    /** No device is ever offered to a page. */
    setDevicePermissionHandler(): void {},
    setSpellCheckerEnabled(): void {}
  })
)

/** The one session of the host (Electron, session). */
export const session = loud('session', { defaultSession })
