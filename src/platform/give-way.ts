import { setPriority } from 'node:os'

/**
 * Makes the calling worker give way to the server's own thread when there are more threads than processors: at 5 it gets
 * a third of the other's time, still enough for a function to keep its deadline beside busy programs.
 *
 * On Linux a priority is one thread's. Elsewhere it would be the whole process's, the server included, so nothing is done.
 */
export function giveWay(niceness = 5): void {
  if (process.platform === 'linux') setPriority(niceness)
}
