import { z } from 'zod'
import { failure } from '../../shared/failure.ts'
import { connectionProfileSchema } from '../../shared/ipc/connections.ts'
import { EMPTY_PROFILE, MAX_CONNECTIONS } from '../../shared/model/connection-profile.ts'
import type {
  ConnectionImport,
  ConnectionProfile,
  LeftOutProfile
} from '../../shared/model/connection-profile.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { parseVcapServices } from './bluemix.ts'
import type { ConnectionDraft, KeptConnections } from './kept-connections.ts'

/** Connections that come from elsewhere or go there. A token comes in from VCAP_SERVICES alone, and never goes out. */

/** What tells a file of ours from any other JSON. */
const FORMAT = 'flowscope-connections'
const fileSchema = z.object({ format: z.literal(FORMAT), connections: z.array(z.unknown()).max(1000) })

/** The text of an exported file: all profiles, no ids and no secrets. */
export const exportText = (profiles: readonly ConnectionProfile[]): string =>
  `${JSON.stringify({ format: FORMAT, connections: profiles }, null, 2)}\n`

/** Adds the profiles of an exported file; those that do not fit, or are there already, are told with the reason. */
export async function importProfiles(
  text: string,
  kept: Pick<KeptConnections, 'save' | 'profiles'>
): Promise<Result<ConnectionImport>> {
  const file = fileSchema.safeParse(jsonOf(text))
  if (!file.success) {
    return failed(
      failure('input/invalid', {
        message: 'This is not a file of exported connections.',
        hint: 'Choose a file that Flowscope wrote with "Export connections".'
      })
    )
  }
  const leftOut: LeftOutProfile[] = []
  const drafts = file.data.connections.flatMap((candidate, index): ConnectionDraft[] => {
    const parsed = connectionProfileSchema.safeParse(candidate)
    if (parsed.success) return [{ profile: parsed.data }]
    const places = [
      ...new Set(
        parsed.error.issues.map(({ path, message }) => (path.length === 0 ? message : path.join('.')))
      )
    ]
    leftOut.push({ name: nameOf(candidate, index), reason: `It does not fit: ${brief(places.join(', '))}.` })
    return []
  })
  return importDrafts(drafts, leftOut, kept)
}

/** Makes a connection of each credentials in a text of VCAP_SERVICES (`bluemix.ts`), all on one server. */
export async function importVcap(
  text: string,
  host: string,
  kept: Pick<KeptConnections, 'save' | 'profiles'>
): Promise<Result<ConnectionImport>> {
  const credentials = parseVcapServices(text)
  if (!credentials.ok) return credentials
  if (credentials.value.length > MAX_CONNECTIONS) {
    return failed(
      failure('input/invalid', {
        message: `There are credentials of ${String(credentials.value.length)} accounts in this text: too many.`,
        hint: `Flowscope keeps up to ${String(MAX_CONNECTIONS)} connections. Leave in the text what is wanted.`
      })
    )
  }
  const drafts = credentials.value.map(({ account, apiToken, name }) => ({
    profile: { ...EMPTY_PROFILE, name: name ?? account, account, host },
    apiToken
  }))
  return importDrafts(drafts, [], kept)
}

async function importDrafts(
  drafts: readonly ConnectionDraft[],
  leftOutBefore: readonly LeftOutProfile[],
  { save, profiles }: Pick<KeptConnections, 'save' | 'profiles'>
): Promise<Result<ConnectionImport>> {
  const connectionIds: string[] = []
  const leftOut = [...leftOutBefore]
  for (const draft of drafts) {
    const { profile } = draft
    const isThere = profiles().some((known) => isSamePlace(known.profile, profile))
    const saved = isThere ? undefined : await save(draft)
    if (saved?.ok === true) connectionIds.push(saved.value.id)
    else leftOut.push({ name: brief(profile.name), reason: saved?.failure.message ?? 'It is there already.' })
  }
  return success({ wasCancelled: false, connectionIds, leftOut })
}

const isSamePlace = (left: ConnectionProfile, right: ConnectionProfile): boolean =>
  left.name === right.name && left.account === right.account && left.host === right.host

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A file may hold anything, and what is told of it goes to the window. */
const MAX_TOLD_CHARACTERS = 160

const brief = (text: string): string =>
  text.length > MAX_TOLD_CHARACTERS ? `${text.slice(0, MAX_TOLD_CHARACTERS)}…` : text

function nameOf(candidate: unknown, index: number): string {
  const { name } = (candidate ?? {}) as { name?: unknown }
  return typeof name === 'string' && name.trim() !== '' ? brief(name) : `number ${String(index + 1)}`
}
