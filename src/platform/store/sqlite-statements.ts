import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { ObjectKind, StoredDrop, StoredObject } from './store.ts'

/** Every statement of the store, prepared once. */
export function prepareStatements(database: DatabaseSync): Statements {
  const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)])
  return Object.fromEntries(prepared) as Record<StatementName, StatementSync>
}

export type Statements = Readonly<Record<StatementName, StatementSync>>

const STATEMENTS = {
  object: 'SELECT * FROM objects WHERE id = ?',
  flowAt: "SELECT * FROM objects WHERE path = ? AND kind = 'flow'",
  objectsOf: 'SELECT * FROM objects WHERE kind = ? ORDER BY created, id',
  putObject:
    'INSERT INTO objects (id, kind, account, path, created, text) VALUES (?, ?, ?, ?, ?, ?) ' +
    'ON CONFLICT (id) DO UPDATE SET account = excluded.account, path = excluded.path, text = excluded.text',
  deleteObject: 'DELETE FROM objects WHERE id = ?',
  drop: 'SELECT * FROM drops WHERE flow = ? AND id = ?',
  dropByFhash: 'SELECT * FROM drops WHERE flow = ? AND fhash = ? AND id >= ? ORDER BY id DESC LIMIT 1',
  addDrop: 'INSERT INTO drops (flow, id, created, fhash, plain, text) VALUES (?, ?, ?, ?, ?, ?)',
  replaceDrop: 'UPDATE drops SET fhash = ?, plain = ?, text = ? WHERE flow = ? AND id = ?',
  deleteDrop: 'DELETE FROM drops WHERE flow = ? AND id = ?',
  trim: 'DELETE FROM drops WHERE place IN (SELECT place FROM drops WHERE flow = ? AND id >= ? ORDER BY id LIMIT ?)',
  clear:
    'DELETE FROM drops WHERE place IN (SELECT place FROM drops WHERE flow = ? AND id < ? ORDER BY id LIMIT ?)',
  dropAt: 'SELECT id FROM drops WHERE flow = ? AND id >= ? ORDER BY id LIMIT 1 OFFSET ?',
  state: 'SELECT * FROM flow_states WHERE flow = ?',
  putState:
    'INSERT OR REPLACE INTO flow_states (flow, number, floor_id, drop_count, last_id, last_created) ' +
    'VALUES (?, ?, ?, ?, ?, ?)',
  deleteState: 'DELETE FROM flow_states WHERE flow = ?',
  highestNumber:
    'SELECT max(number) AS number FROM (SELECT number FROM flow_states UNION ALL SELECT flow FROM abandoned UNION ALL SELECT max(flow) FROM drops)',
  abandon:
    'INSERT INTO abandoned (flow, before_id) VALUES (?, ?) ' +
    'ON CONFLICT (flow) DO UPDATE SET before_id = excluded.before_id',
  abandoned: 'SELECT flow, before_id FROM abandoned LIMIT 1',
  addCount:
    'INSERT INTO counters (type, object, hour, count) VALUES (?, ?, ?, ?) ' +
    'ON CONFLICT (type, object, hour) DO UPDATE SET count = count + excluded.count',
  forgetAbandoned: 'DELETE FROM abandoned WHERE flow = ?'
} as const

type StatementName = keyof typeof STATEMENTS

type SqlRow = Record<string, SQLOutputValue>

/** The object of a row. */
export function objectOf(row: SqlRow): StoredObject {
  const { path } = row
  return {
    id: String(row['id']),
    kind: String(row['kind']) as ObjectKind,
    account: String(row['account']),
    ...(path === null || path === undefined ? {} : { path: String(path) }),
    creationDate: Number(row['created']),
    text: String(row['text'])
  }
}

/** The drop of a row. */
export function dropOf(flowId: string, row: SqlRow): StoredDrop {
  const { fhash } = row
  return {
    id: String(row['id']),
    flowId,
    creationDate: Number(row['created']),
    ...(fhash === null || fhash === undefined ? {} : { fhash: String(fhash) }),
    isPlain: row['plain'] === 1,
    text: String(row['text'])
  }
}
