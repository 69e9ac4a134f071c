import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { LiveConsole } from './live-console.svelte.ts'

/** Follows a flow at its path of now when it is followed at an earlier one; mute and solo go with it. */
export async function followMovedFlow(
  live: LiveConsole,
  {
    connectionId,
    flowId,
    path
  }: { readonly connectionId: string; readonly flowId: string; readonly path: string }
): Promise<Result<null>> {
  const before = live.followed.find((flow) => flow.flowId === flowId && flow.connectionId === connectionId)
  if (before === undefined || before.path === path) return success(null)
  const [isMuted, isSolo] = [live.isMuted(before), live.isSolo(before)]
  await live.unfollow(before)
  const followed = await live.follow(connectionId, path)
  if (isMuted) live.toggleMute({ connectionId, path })
  if (isSolo) live.toggleSolo({ connectionId, path })
  return followed
}
