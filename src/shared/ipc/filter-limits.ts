/** Apart from the schemas: the window shows these limits and bundles no schema package, whose probes its policy refuses. */

/** The platform's own limit for the text of a filter is larger; a text that nobody can read is not worth a name. */
export const MAX_KEPT_FILTER_CHARACTERS = 2048
/** As many as a person looks back on. */
export const MAX_FILTER_HISTORY = 50
/** With their longest texts still below what an answer to the window may hold (256 KiB). */
export const MAX_SAVED_FILTERS = 40
export const MAX_FILTER_NAME_CHARACTERS = 80
/** What the workspace keeps of a filter that is in force: the platform's own limit for the text of a filter. */
export const MAX_WORKSPACE_FILTER_CHARACTERS = 65_536
/** Rules that colour live rows: there are eight colours, and of several rules the first counts. */
export const MAX_LIVE_HIGHLIGHTS = 40
