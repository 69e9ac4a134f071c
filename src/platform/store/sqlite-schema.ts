import { chmodSync, existsSync, mkdirSync, openSync, closeSync, renameSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failure } from '../../shared/failure.ts'
import type { Result } from '../../shared/result.ts'
import { failed, success } from '../../shared/result.ts'

/** The database of a data folder. */
export const DATABASE_NAME = 'platform.db'

/** Marks the file as ours in its header: "FLOW". */
const APPLICATION_ID = 0x464c4f57

/**
 * Files up to this size are checked whole when they are opened (about 50 ms); larger ones by samples, or the
 * start would take seconds.
 */
const FULL_CHECK_BYTES = 16 * 1024 * 1024

/**
 * The schema, one entry a version; entry n takes a database from version n to n + 1. `PRAGMA user_version`
 * tells where a file is. Entries are never changed, only added.
 *
 * Drops belong to a flow's *number*, not to its id: to empty a flow it gets another number, and the old one
 * is noted in `abandoned`, from where its drops are cleared away little by little. A flow whose capacity is lowered much
 * gets a *floor*: drops with smaller ids no longer belong to it, and are cleared away in the same way (`before_id`).
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE objects (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     account TEXT NOT NULL,
     path TEXT,
     created INTEGER NOT NULL,
     text TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE UNIQUE INDEX flow_paths ON objects (path) WHERE kind = 'flow';
   CREATE INDEX objects_in_order ON objects (kind, account, created, id);
   CREATE TABLE flow_states (
     flow TEXT PRIMARY KEY,
     number INTEGER NOT NULL UNIQUE,
     drop_count INTEGER NOT NULL,
     last_id TEXT,
     last_created INTEGER
   ) WITHOUT ROWID;
   CREATE TABLE drops (
     place INTEGER PRIMARY KEY,
     flow INTEGER NOT NULL,
     id TEXT NOT NULL,
     created INTEGER NOT NULL,
     fhash TEXT,
     plain INTEGER NOT NULL,
     text TEXT NOT NULL
   );
   CREATE UNIQUE INDEX drops_in_order ON drops (flow, id);
   CREATE INDEX drops_by_fhash ON drops (flow, fhash) WHERE fhash IS NOT NULL;
   CREATE TABLE abandoned (flow INTEGER PRIMARY KEY);`,
  `CREATE TABLE counters (
     type TEXT NOT NULL,
     object TEXT NOT NULL,
     hour INTEGER NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (type, object, hour)
   ) WITHOUT ROWID;`,
  `ALTER TABLE flow_states ADD COLUMN floor_id TEXT NOT NULL DEFAULT '';
   ALTER TABLE abandoned ADD COLUMN before_id TEXT NOT NULL DEFAULT 'e';`
]

export const SCHEMA_VERSION = MIGRATIONS.length

export interface OpenDatabase {
  readonly database: DatabaseSync
  readonly file: string
  /** Where a damaged database was moved; left out when there was nothing wrong. */
  readonly movedTo?: string
}

/**
 * Opens the database of a data folder, creating folder and file when they are missing, and brings it to the
 * current schema.
 *
 * Answers a failure with one sentence when the folder cannot be written, when the file is damaged or not ours
 * (unless `onDamaged` is `move-aside`: then it is moved to a name with the date, and a fresh one is started),
 * or when a newer version wrote it.
 */
export function openDatabase(
  folder: string,
  onDamaged: 'fail' | 'move-aside',
  now: Date = new Date()
): Result<OpenDatabase> {
  const file = join(folder, DATABASE_NAME)
  try {
    makeFolder(resolve(folder))
    // Only the owner may read it. Opening for appending also proves that it can be written.
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
  } catch (error) {
    return failed(
      failure('local-platform/failed', {
        message: `The data folder ${folder} cannot be written: ${reason(error)}.`,
        hint: 'Give another folder with --data, or make this one writable.'
      })
    )
  }
  const opened = tryOpen(file)
  if (opened.kind === 'open') return success({ database: opened.database, file })
  if (opened.kind === 'failed') return failed(opened.failure)
  if (onDamaged === 'fail') {
    return failed(
      failure('local-platform/failed', {
        message: `The database ${file} is damaged: ${opened.reason}.`,
        hint: 'Move the file away to start with an empty one, or put a copy of it back.',
        details: { file, damaged: true }
      })
    )
  }
  const movedTo = moveAside(file, now)
  const fresh = tryOpen(file)
  if (fresh.kind === 'open') return success({ database: fresh.database, file, movedTo })
  return failed(
    fresh.kind === 'failed'
      ? fresh.failure
      : failure('local-platform/failed', { message: `The database ${file} cannot be made: ${fresh.reason}.` })
  )
}

/**
 * Makes a folder and those above it. Node's own recursive way never returns where the kernel answers ENOENT,
 * as below /proc.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

type Attempt =
  | { readonly kind: 'open'; readonly database: DatabaseSync }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: ReturnType<typeof failure> }

function tryOpen(file: string): Attempt {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 2000 })
    // Reading the header is the first access: a file that is no database fails here.
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    const application = Number(database.prepare('PRAGMA application_id').get()?.['application_id'])
    const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'])
    if (tables > 0 && application !== APPLICATION_ID) {
      database.close()
      return { kind: 'damaged', reason: 'it was not written by this platform' }
    }
    if (version > SCHEMA_VERSION) {
      database.close()
      return {
        kind: 'failed',
        failure: failure('local-platform/failed', {
          message: `The database ${file} was written by a newer version of the platform.`,
          hint: 'Use that version, or another data folder.'
        })
      }
    }
    // Commits are made durable by `WalSync`, and the log is brought into the file by `Checkpoints`: neither holds up the loop.
    database.exec('PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec('PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0')
    const problem = tables === 0 ? undefined : damageIn(database, statSync(file).size)
    if (problem !== undefined) {
      database.close()
      return { kind: 'damaged', reason: problem }
    }
    migrate(database, version)
    return { kind: 'open', database }
  } catch (error) {
    if (database?.isOpen === true) database.close()
    if (isDamage(error)) return { kind: 'damaged', reason: reason(error) }
    return {
      kind: 'failed',
      failure: failure('local-platform/failed', {
        message: `The database ${file} cannot be opened: ${reason(error)}.`,
        hint: 'See that no other program holds it and that there is room on the disk.'
      })
    }
  }
}

function damageIn(database: DatabaseSync, sizeBytes: number): string | undefined {
  if (sizeBytes <= FULL_CHECK_BYTES) {
    const [first] = database.prepare('PRAGMA quick_check(1)').all()
    const verdict = String(first?.['quick_check'])
    return verdict === 'ok' ? undefined : verdict
  }
  for (const table of ['objects', 'flow_states', 'drops', 'abandoned']) {
    database.prepare(`SELECT * FROM ${table} LIMIT 100`).all()
  }
  database.prepare('SELECT * FROM drops ORDER BY place DESC LIMIT 100').all()
  return undefined
}

function migrate(database: DatabaseSync, from: number): void {
  if (from === SCHEMA_VERSION) return
  database.exec('BEGIN IMMEDIATE')
  for (const step of MIGRATIONS.slice(from)) database.exec(step)
  database.exec(
    `PRAGMA application_id = ${String(APPLICATION_ID)}; PRAGMA user_version = ${String(SCHEMA_VERSION)}`
  )
  database.exec('COMMIT')
}

function moveAside(file: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const movedTo = file.replace(/\.db$/, `.damaged-${stamp}.db`)
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix)
  }
  closeSync(openSync(file, 'a', 0o600))
  return movedTo
}

/** SQLite's result codes for a file that is no database or a broken one (sqlite.org/rescode.html). */
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

function isDamage(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' && [SQLITE_CORRUPT, SQLITE_NOTADB].includes(code & 0xff)
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
