import { assertNever } from '../../shared/failure.ts'
import type { LiveMarker, LiveSubscription } from '../../shared/ipc/live-port.ts'
import { flowPathName } from '../../shared/model/flow-path.ts'
import { formatCount, formatNumberOf } from '../ui/quantity.ts'

export interface MarkerText {
  /** `ok`: nothing is missing; `warn`: something is; `quiet`: only told. */
  readonly tone: 'quiet' | 'ok' | 'warn'
  readonly text: string
}

/** One line for what happened between drops, to what `subscription` names. */
export function describeMarker(marker: LiveMarker, subscription: LiveSubscription | undefined): MarkerText {
  switch (marker.kind) {
    case 'subscribed':
      return { tone: 'quiet', text: `Following ${marker.path}` }
    case 'unsubscribed':
      return { tone: 'quiet', text: `Stopped following ${marker.path}` }
    case 'connection-lost':
      return { tone: 'warn', text: `Connection lost: ${marker.reason}` }
    case 'renamed':
      return {
        tone: 'quiet',
        text: `${marker.previousPath} was renamed to ${marker.path} and is still followed`
      }
    case 'gap': {
      const { missedDrops, filledDrops, path } = marker
      const missing =
        missedDrops === 'unknown'
          ? 'how many are missing is unknown'
          : missedDrops === 0
            ? 'none missing'
            : `${formatNumberOf(missedDrops, 'drop')} missing`
      return {
        tone: missedDrops === 0 ? 'ok' : 'warn',
        text: `${flowPathName(path)}: ${whyOf(marker)} · ${formatNumberOf(filledDrops, 'drop')} filled from history · ${missing}`
      }
    }
    case 'skipped': {
      const where =
        marker.where === 'platform'
          ? 'they came faster than they could be read'
          : 'they came faster than they could be shown'
      return {
        tone: 'warn',
        text: `${flowPathName(subscription?.path ?? '')}: ${formatCount(marker.drops)} skipped, because ${where}`
      }
    }
    default:
      return assertNever(marker)
  }
}

function whyOf({ cause, downMs }: Extract<LiveMarker, { kind: 'gap' }>): string {
  switch (cause) {
    case 'connection-lost':
      return `connection was down for ${(downMs / 1000).toFixed(1)} s`
    case 'skipped':
      return 'the platform skipped drops'
    case 'joined':
      return 'followed after its first drops'
    default:
      return assertNever(cause)
  }
}
