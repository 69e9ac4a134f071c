/** A snapshot file: the columns' names and one array a record, oldest first (`build/make-sample.ts`). */
export interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export type Cell = string | number | null

export type TableName = 'earthquakes' | 'weather' | 'flights'

/** Reads a snapshot; literal names, so that the bundler packs the files. */
export async function readTable(name: TableName): Promise<Table> {
  switch (name) {
    case 'earthquakes':
      return tableOf(await import('./earthquakes.json', { with: { type: 'json' } }))
    case 'weather':
      return tableOf(await import('./weather.json', { with: { type: 'json' } }))
    case 'flights':
      return tableOf(await import('./flights.json', { with: { type: 'json' } }))
  }
}

const tableOf = (module: { readonly default: unknown }): Table => module.default as Table

/** The cells of a row by name; what the source left empty is left out. */
export function recordAt(table: Table, index: number): Readonly<Record<string, string | number>> {
  const row = table.rows[index] ?? []
  const cells = table.names.map((name, column) => [name, row[column] ?? null] as const)
  return Object.fromEntries(
    cells.filter((cell): cell is readonly [string, string | number] => cell[1] !== null)
  )
}
