import { z } from 'zod'
import { CONNECTION_COLOURS } from '../model/connection.ts'
import {
  MAX_ACCOUNT_CHARACTERS,
  MAX_CONCURRENCY,
  MAX_CONNECTIONS,
  MAX_CONNECTION_NAME_CHARACTERS,
  MAX_DEFAULT_PARAMETERS,
  MAX_ENVIRONMENT_CHARACTERS,
  MAX_HOST_CHARACTERS,
  MAX_PARAMETER_NAME_CHARACTERS,
  MAX_PARAMETER_VALUE_CHARACTERS,
  MAX_VERSION_CHARACTERS
} from '../model/connection-profile.ts'
import type { ConnectionDefaults, ConnectionProfile } from '../model/connection-profile.ts'

/**
 * Shapes of profiles where they come in: from the window, from the profile folder, from a file of another installation. What
 * they mean is `model/profile-check.ts`; a token is never a member.
 */

const host = z.string().max(MAX_HOST_CHARACTERS)
const version = z.string().max(MAX_VERSION_CHARACTERS)
const parameters = z
  .array(
    z.strictObject({
      name: z.string().max(MAX_PARAMETER_NAME_CHARACTERS),
      value: z.string().max(MAX_PARAMETER_VALUE_CHARACTERS)
    })
  )
  .max(MAX_DEFAULT_PARAMETERS)
  .readonly()

export const connectionProfileSchema = z.strictObject({
  name: z.string().max(MAX_CONNECTION_NAME_CHARACTERS),
  account: z.string().max(MAX_ACCOUNT_CHARACTERS),
  host,
  liveHost: host,
  version,
  isSecure: z.boolean().nullable(),
  verifyCertificate: z.boolean().nullable(),
  parameters,
  colour: z.literal(CONNECTION_COLOURS),
  environment: z.string().max(MAX_ENVIRONMENT_CHARACTERS),
  isReadOnly: z.boolean()
}) satisfies z.ZodType<ConnectionProfile>

export const connectionDefaultsSchema = z.strictObject({
  host,
  liveHost: host,
  version,
  isSecure: z.boolean(),
  verifyCertificate: z.boolean(),
  parameters,
  concurrency: z.int().min(1).max(MAX_CONCURRENCY)
}) satisfies z.ZodType<ConnectionDefaults>

/** Any of the defaults; a member that is left out stays as it is. */
export const connectionDefaultsChangeSchema = connectionDefaultsSchema.partial()

/** `connections.json`. */
export const connectionsFileSchema = z.strictObject({
  connections: z
    .array(
      z.strictObject({
        connectionId: z.string().min(1).max(64),
        profile: connectionProfileSchema,
        /** So that the keychain, which may ask for its password, is asked only for what it holds. */
        isTokenInKeychain: z.boolean()
      })
    )
    .max(MAX_CONNECTIONS),
  defaults: connectionDefaultsSchema
})

export type ConnectionsFile = z.infer<typeof connectionsFileSchema>
