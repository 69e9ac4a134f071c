import regions from './zip-codes.json' with { type: 'json' }

/**
 * Where the ZIP codes of the United States lie (`platform/sample/SOURCES.md`): by `z` and the first three digits,
 * `last two,lat,lon` of each code, `;` between them (`build/make-sample.ts`). A file of its own, so that the megabyte is
 * loaded only when a filter names a code: nothing imports it but at run time.
 */
const REGIONS: Readonly<Record<string, string>> = regions

export default REGIONS
