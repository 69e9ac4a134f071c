import { systemClock } from '../../shared/clock.ts'
import { failure } from '../../shared/failure.ts'
import { checkFilter, explainFilter, parseFilter } from '../../shared/filter/index.ts'
import type { Explanation, FilterTree, ZipTable } from '../../shared/filter/index.ts'
import { runMetered, TooMuchWork, workLimit } from '../../shared/filter/work.ts'
import { needsZipTable, zipTableOf } from '../../shared/filter/zip.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { parseJson } from '../../shared/wire/json.ts'

/** Estimated, at worst: the worker that explains also serves the rows on the screen. */
const MAX_NANOSECONDS = 200_000_000

/** What each term of a filter says of a drop; null for the empty filter. */
export async function explainDrop({
  dropText,
  filter
}: {
  readonly dropText: string
  readonly filter: string
}): Promise<Result<Explanation | null>> {
  const { tree, diagnostics } = parseFilter(filter)
  const zip = await zipTableFor(tree)
  const [problem] = [...diagnostics, ...checkFilter(tree, { zip })]
  if (problem !== undefined) {
    const { message, hint } = problem
    return failed(
      failure('filter/invalid', { message: `${message}.`, ...(hint === undefined ? {} : { hint }) })
    )
  }
  const drop = parseJson(dropText) as object
  try {
    const explain = (): Explanation | undefined => explainFilter(tree, drop, { clock: systemClock, zip })
    return success(runMetered(workLimit(MAX_NANOSECONDS), explain) ?? null)
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error
    return failed(
      failure('filter/invalid', {
        message: 'The filter takes too long on this drop to be explained.',
        hint: 'Run it: the platform gives it more time. A smaller regular expression is explained at once.'
      })
    )
  }
}

/** The table that a filter needs; undefined for most. The megabyte of codes comes with the first filter that names one. */
export async function zipTableFor(tree: FilterTree): Promise<ZipTable | undefined> {
  if (!needsZipTable(tree)) return undefined
  const { default: regions } = await import('../../shared/filter/zip-code-regions.ts')
  return zipTableOf(() => regions)
}
