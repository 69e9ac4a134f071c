import { readdirSync, readFileSync } from 'node:fs'

/** A process and what it costs, read from Linux's /proc. */
export interface ProcessSample {
  readonly pid: number
  readonly commandLine: string
  /** User and system time since its start, in milliseconds. */
  readonly cpuMs: number
  /** Its proportional share of memory (PSS), in bytes: shared pages count in part. */
  readonly memoryBytes: number
}

/** Linux counts CPU time in ticks of 10 ms (USER_HZ is 100 on every supported architecture). */
const TICK_MS = 10

/** The process `rootPid` and all that descend from it, at this moment. */
export function sampleProcessTree(rootPid: number): ProcessSample[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined
    if (stat !== undefined) parents.set(Number(entry), stat.parentPid)
  }
  const descends = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === rootPid) return true
    return false
  }
  return [...parents.keys()].filter(descends).flatMap((pid) => {
    const sample = sampleProcess(pid)
    return sample === undefined ? [] : [sample]
  })
}

/** A process may end between two looks: then there is no sample. */
function sampleProcess(pid: number): ProcessSample | undefined {
  try {
    const commandLine = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim()
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8'))?.[1]
    const stat = statOf(pid)
    return stat === undefined
      ? undefined
      : { pid, commandLine, cpuMs: stat.cpuMs, memoryBytes: Number(pss ?? 0) * 1024 }
  } catch {
    return undefined
  }
}

function statOf(pid: number): { parentPid: number; cpuMs: number } | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // The name stands in parentheses and may hold spaces: the fields that matter come after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parentPid: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS }
  } catch {
    return undefined
  }
}
