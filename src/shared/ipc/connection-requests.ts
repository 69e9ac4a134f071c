import { z } from 'zod'
import type { ConnectionDiagnosis } from '../model/connection-diagnosis.ts'
import {
  MAX_HOST_CHARACTERS,
  MAX_TOKEN_CHARACTERS,
  type ConnectionDefaults,
  type ConnectionImport,
  type KeptProfile
} from '../model/connection-profile.ts'
import type { Connection, VaultState } from '../model/connection.ts'
import { connectionDefaultsChangeSchema, connectionProfileSchema } from './connections.ts'
import { connectionId, entry } from './contract-entry.ts'

/** Longer than any environment in which VCAP_SERVICES was seen. */
const MAX_VCAP_CHARACTERS = 262_144

/** A secret: it goes in here and never out again. */
const apiToken = z.string().min(1).max(MAX_TOKEN_CHARACTERS)
const byId = z.strictObject({ connectionId })

/** Profiles of connections, their tokens, and what they take when they leave something open. */
export const connectionRequests = {
  listConnections: entry<readonly Connection[]>()(z.undefined()),
  /** What the dialog edits; the local platform has no profile. */
  listProfiles: entry<readonly KeptProfile[]>()(z.undefined()),
  /**
   * Keeps a profile: a new one without `connectionId`. A token that is left out stays as it is; null forgets it. A connection
   * that is open and changes its place, account or token connects again. A profile with an error (`checkProfile`) is refused.
   */
  saveConnection: entry<Connection>()(
    z.strictObject({
      connectionId: connectionId.optional(),
      profile: connectionProfileSchema,
      apiToken: apiToken.nullable().optional()
    })
  ),
  /** Closes it, forgets its profile and its token. */
  deleteConnection: entry<null>()(byId),
  /** Opens it and waits until it answers or is known not to; what came of it is its status. */
  openConnection: entry<Connection>()(byId),
  /** Closes it; the next request to it opens it again. */
  closeConnection: entry<Connection>()(byId),
  /**
   * Tries a profile without keeping anything. With `connectionId` and no token the kept one is used; with `connectionId` alone
   * the profile is the kept one as well.
   */
  testConnection: entry<ConnectionDiagnosis>()(
    z.strictObject({
      connectionId: connectionId.optional(),
      profile: connectionProfileSchema.optional(),
      apiToken: apiToken.optional()
    })
  ),

  /**
   * Makes connections of the credentials in a text of VCAP_SERVICES: a text that was pasted, a file that the person chooses in
   * a dialog of the system, or the variable of that name in the environment of the app. Tokens go straight to the vault. The
   * text names no server: `host` does, or the default.
   */
  importVcapServices: entry<ConnectionImport>()(
    z.strictObject({
      source: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('text'), text: z.string().max(MAX_VCAP_CHARACTERS) }),
        z.strictObject({ kind: z.literal('file') }),
        z.strictObject({ kind: z.literal('environment') })
      ]),
      host: z.string().max(MAX_HOST_CHARACTERS).optional()
    })
  ),
  /** Writes all profiles, without a secret, to a file that the person chooses. */
  exportConnections: entry<{ readonly filePath: string; readonly connections: number } | null>()(
    z.undefined()
  ),
  /** Adds the profiles of such a file. */
  importConnections: entry<ConnectionImport>()(z.undefined()),

  /** Whether tokens outlive this run. Tries the keychain if that was not done yet, so it may ask the person to unlock it. */
  readVault: entry<VaultState>()(z.undefined()),
  /** Puts the token of a connection on the clipboard. */
  copyToken: entry<null>()(byId),
  /** Asks the person, then shows the token in a dialog of the system; it does not come to the window. */
  revealToken: entry<{ readonly wasShown: boolean }>()(byId),

  readConnectionDefaults: entry<ConnectionDefaults>()(z.undefined()),
  /** Changes the given members; answers all. Connections that take a changed one connect again. */
  changeConnectionDefaults: entry<ConnectionDefaults>()(connectionDefaultsChangeSchema)
} as const
