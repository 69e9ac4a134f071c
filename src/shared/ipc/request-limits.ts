/** Limits of requests that the window keeps to by itself: apart from the schemas, which the window never loads. */

/** As many queries as fit an answer: the overview asks for a chunk of flows after the other. */
export const MAX_STATISTICS_QUERIES = 50

/** As many rows as a tall screen shows, twice: what is asked for is what is looked at. */
export const MAX_RHYTHM_FLOWS = 120
