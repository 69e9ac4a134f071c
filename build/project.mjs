import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder of the project, whatever folder a command was started in. (An old Node, which is to be told that it is too
 * old, has no `import.meta.dirname`.)
 */
export const projectDir = resolve(fileURLToPath(import.meta.url), '../..')

/** The Node that the project pins; the machine's own may be older. */
export const projectNode = join(projectDir, 'node_modules', '.bin', 'node')

/**
 * A failure that a person can do something about: shown as its one sentence, without a stack.
 */
export class SetupError extends Error {}
