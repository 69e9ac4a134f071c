/** The DevTools protocol's commands and events, typed; the definitions come with the browser test driver. */
export type { Protocol } from '../../node_modules/playwright-core/types/protocol.d.ts'
