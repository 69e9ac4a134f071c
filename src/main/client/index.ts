import { filterWords } from '../../shared/filter/build.ts'

/**
 * The client for scripts under plain Node (docs/client.md): `createClient(Token(account, token))`. The app itself uses
 * `createApi` of `api.ts`, whose verbs answer a `Result`.
 */
export type { AggregateOptions, FlowFind } from './drop-service.ts'
export type { Batch, BatchOptions, BatchProgress, Outcome } from './batch.ts'
export type { CallParameters } from './call-parameters.ts'
export type { Client, ClientDefaults, ClientOptions } from './client.ts'
export { createClient, defaults } from './client.ts'
export type { BluemixOptions } from './credentials.ts'
export { Token } from './credentials.ts'
export {
  BadRequest,
  FlowthingsError,
  Forbidden,
  LocalError,
  NotFound,
  PlatformError,
  ServerError
} from './errors.ts'
export type { Filter } from './filter-text.ts'
export type { Changes, Modification } from './modification.ts'
export { modify } from './modification.ts'
export type { Credentials, RequestParameters } from './server.ts'
export type { LiveConnection, WebSocketCallbacks } from './websocket.ts'
export { buildFilter } from '../../shared/filter/build.ts'

/** The words that filters are built from, as the Python client has them; `member('elems.temp')` is `mem.elems.temp`. */
export const { mem, member, AGE, EXISTS, HAS, MATCHES, NOT } = filterWords
