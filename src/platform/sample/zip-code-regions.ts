import regions from './zip-codes.json' with { type: 'json' }

/**
 * By `z` and the first three digits: `last two,lat,lon` of each code, `;` between them (`build/make-sample.ts`). A file of its
 * own, so that the megabyte is loaded only when a filter names a code (`zip-codes.ts`).
 */
const REGIONS: Readonly<Record<string, string>> = regions

export default REGIONS
