import { failure } from '../../shared/failure.ts'
import type { FindParameters } from '../../shared/ipc/contract.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { TableShape } from '../console/worker-protocol.ts'
import type { Read } from '../window/reads.ts'
import type { Sorting } from './drop-table.ts'
import { flowsFilter } from './find-options.ts'
import type { TabServices } from './tab-services.ts'

/** What the table shows: what a filter finds, or drops that were asked for by their ids. */
export type TableSource =
  { readonly kind: 'filter' } | { readonly kind: 'ids'; readonly dropIds: readonly string[] }

/** Where a filter is run, beside the tab's own flow. */
export interface Scope {
  readonly flowIds: readonly string[]
  /** Whether more flows were found than are searched. */
  readonly isCut: boolean
  /** As many drops of each flow were asked for, because no limit said otherwise. */
  readonly usualLimit: number | undefined
}

/** As many flows as one search goes through. */
const MAX_SEARCHED_FLOWS = 200
/** Drops of each flow in a search of several, unless a limit says otherwise: together still what a table takes. */
const SEARCHED_DROPS_A_FLOW = 500

/** The table that is read into, and where from. */
export interface TablePlace {
  readonly connectionId: string
  readonly flowId: string
  readonly tableId: string
}

/** What is asked of the platform. */
export interface TableQuestion {
  readonly source: TableSource
  readonly parameters: FindParameters
  /** The flows and folders that are searched, as a person wrote them; empty for the flow of the tab alone. */
  readonly searchIn: string
}

/** Reads a table, one read at a time: a later one takes the place of the one before. */
export class TableRead {
  readonly #services: TabServices
  readonly #place: TablePlace
  #read: Read<unknown> | undefined

  constructor(services: TabServices, place: TablePlace) {
    this.#services = services
    this.#place = place
  }

  cancel(): void {
    this.#read?.cancel()
  }

  /** Ends the read before as if it had never been. */
  forget(): void {
    this.cancel()
    this.#read = undefined
  }

  /** The table's shape, and the flows it is of when it is of several; undefined when a later read took this one's place. */
  async run(
    question: TableQuestion
  ): Promise<Result<{ readonly table: TableShape; readonly scope: Scope | undefined }> | undefined> {
    this.forget()
    const started = await this.#start(question)
    if (started === undefined || !started.ok) return started
    const { read, scope } = started.value
    const result = await read.result
    if (this.#read !== read) return undefined
    return result.ok ? success({ table: result.value, scope }) : result
  }

  /** Undefined when another read was started meanwhile. */
  async #start({
    source,
    parameters,
    searchIn
  }: TableQuestion): Promise<
    Result<{ readonly read: Read<TableShape>; readonly scope: Scope | undefined }> | undefined
  > {
    const { reads } = this.#services
    const { connectionId, flowId, tableId } = this.#place
    if (source.kind === 'ids') {
      const { dropIds } = source
      const into = { tableId, askedIds: dropIds }
      const target = { kind: 'dropIds' as const, flowId, dropIds: [...dropIds] }
      return success({ read: this.#take(reads.drops(connectionId, target, {}, into)), scope: undefined })
    }
    const flows = flowsFilter(searchIn)
    if (flows === undefined) {
      const read = reads.drops(connectionId, { kind: 'drops', flowId }, parameters, { tableId })
      return success({ read: this.#take(read), scope: undefined })
    }
    const scope = await this.#findScope(flows, searchIn)
    if (scope === undefined) return undefined
    if (!scope.ok) return scope
    const target = { kind: 'flowDrops' as const, flowIds: [...scope.value.flowIds] }
    const mergeBy = mergeSorting(parameters)
    const limited = { limit: SEARCHED_DROPS_A_FLOW, ...parameters }
    const usualLimit = parameters.limit === undefined ? SEARCHED_DROPS_A_FLOW : undefined
    const read = this.#take(reads.drops(connectionId, target, limited, { tableId, mergeBy }))
    return success({ read, scope: { ...scope.value, usualLimit } })
  }

  #take(read: Read<TableShape>): Read<TableShape> {
    this.#read = read
    return read
  }

  async #findScope(flows: string, searchIn: string): Promise<Result<Omit<Scope, 'usualLimit'>> | undefined> {
    const { reads, worker, timeZone } = this.#services
    const { connectionId } = this.#place
    const tableId = `${this.#place.tableId}-flows`
    const parameters = { filter: flows, limit: MAX_SEARCHED_FLOWS + 1, sort: 'path', order: 'asc' } as const
    const read = reads.flowTable(connectionId, parameters, tableId)
    this.#read = read
    const found = await read.result
    if (this.#read !== read) return undefined
    if (!found.ok) return found
    const range = { from: 0, to: MAX_SEARCHED_FLOWS, columnIds: [] }
    const rows = await worker.call('tableRows', { tableId, timeZone: timeZone(), ...range })
    worker.post({ kind: 'forgetTable', tableId })
    if (!rows.ok) return rows
    if (rows.value.length === 0) {
      return failed(
        failure('input/invalid', {
          message: `No flow is called or lies below ${searchIn}.`,
          hint: 'Name flows by their whole paths, and folders with a slash at their end.'
        })
      )
    }
    const flowIds = rows.value.map(({ dropId }) => dropId)
    return success({ flowIds, isCut: found.value.rowCount > MAX_SEARCHED_FLOWS })
  }
}

/** The platform sorts the drops of each flow: this is the same order over all of them. */
function mergeSorting({ sort = 'creationDate', order = 'desc' }: FindParameters): Sorting {
  const isElement =
    sort.startsWith('elems.') || !['creationDate', 'id', 'path', 'fhash', 'version'].includes(sort)
  const columnId = isElement && !sort.startsWith('elems.') ? `elems.${sort}` : sort
  return { columnId, direction: order === 'asc' ? 'ascending' : 'descending' }
}
