import { ipcMain } from 'electron'
import type { IpcMainInvokeEvent } from 'electron'
import { REQUEST_NAMES, requestChannel } from '../../shared/ipc/channels.ts'
import type { RequestName } from '../../shared/ipc/channels.ts'
import type { Result } from '../../shared/result.ts'

/** Answers one request; never throws (`answer-request.ts`). */
export type Answer = (name: RequestName, input: unknown, isOurs: boolean) => Promise<Result<unknown>>

/**
 * The door through which the window asks: the only file that names `ipcMain`. Every request of the contract is listened to
 * from the start, so that none is lost while what answers it is still being loaded; nothing else is listened to.
 */
export function handleRequests(
  answer: Promise<Answer>,
  isOurs: (event: IpcMainInvokeEvent) => boolean
): void {
  for (const name of REQUEST_NAMES) {
    ipcMain.handle(requestChannel(name), async (event, input: unknown) => {
      // Judged when it arrives: the frame may be gone later.
      const isOurRequest = isOurs(event)
      return (await answer)(name, input, isOurRequest)
    })
  }
}
