import { readdirSync, readFileSync } from 'node:fs'

/** One process of the app (Electron, ProcessMetric, as far as /proc tells it). */
export interface ProcessMetric {
  readonly pid: number
  readonly type: 'Browser' | 'Tab' | 'GPU' | 'Utility' | 'Zygote' | 'Unknown'
  readonly name: string
  readonly creationTime: number
  readonly cpu: {
    readonly percentCPUUsage: number
    readonly cumulativeCPUUsage: number
    readonly idleWakeupsPerSecond: number
  }
  /** Resident, in KiB. */
  readonly memory: { readonly workingSetSize: number; readonly peakWorkingSetSize: number }
}

interface ProcessEntry {
  readonly pid: number
  readonly parentPid: number
  readonly cpuSeconds: number
  readonly commandLine: string
  readonly residentKib: number
  readonly peakKib: number
}

/** sysconf(_SC_CLK_TCK) on Linux. */
const TICKS_A_SECOND = 100

const previous = new Map<number, { cpuSeconds: number; atMs: number }>()

/**
 * This process, its utility processes and Chromium's, with the processor time since the last call (0 at the first).
 * Only this process where there is no /proc.
 */
export function readAppMetrics(chromiumPid: number | undefined): ProcessMetric[] {
  const entries = readProcesses()
  const family = descendantsOf(process.pid, entries)
  return family.map((entry) => ({
    pid: entry.pid,
    type: typeOf(entry, chromiumPid),
    name: entry.pid === process.pid ? 'host' : entry.pid === chromiumPid ? 'chromium' : '',
    creationTime: 0,
    cpu: {
      percentCPUUsage: percentSinceLast(entry),
      cumulativeCPUUsage: entry.cpuSeconds,
      idleWakeupsPerSecond: 0
    },
    memory: { workingSetSize: entry.residentKib, peakWorkingSetSize: entry.peakKib }
  }))
}

function readProcesses(): ProcessEntry[] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.flatMap((pid) => readProcess(Number(pid)) ?? [])
  } catch {
    return []
  }
}

function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
    const commandLine = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ')
    // proc_pid_stat(5): behind the name come the state (3), the parent (4), … the user (14) and system (15) time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const kib = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    return {
      pid,
      parentPid: Number(fields[1]),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
      commandLine,
      residentKib: kib('VmRSS'),
      peakKib: kib('VmHWM')
    }
  } catch {
    // It ended meanwhile.
    return undefined
  }
}

function descendantsOf(rootPid: number, entries: readonly ProcessEntry[]): ProcessEntry[] {
  const root = entries.find((entry) => entry.pid === rootPid)
  const children = entries.filter((entry) => entry.parentPid === rootPid)
  return [...(root ? [root] : []), ...children.flatMap((child) => descendantsOf(child.pid, entries))]
}

function typeOf(entry: ProcessEntry, chromiumPid: number | undefined): ProcessMetric['type'] {
  if (entry.pid === process.pid) return 'Browser'
  if (entry.pid === chromiumPid) return 'Unknown'
  switch (/--type=([\w-]+)/.exec(entry.commandLine)?.[1]) {
    case 'renderer':
      return 'Tab'
    case 'gpu-process':
      return 'GPU'
    case 'zygote':
      return 'Zygote'
    case 'utility':
      return 'Utility'
    case undefined:
      return entry.parentPid === process.pid ? 'Utility' : 'Unknown'
    default:
      return 'Unknown'
  }
}

function percentSinceLast(entry: ProcessEntry): number {
  const last = previous.get(entry.pid)
  const atMs = performance.now()
  previous.set(entry.pid, { cpuSeconds: entry.cpuSeconds, atMs })
  if (!last || atMs <= last.atMs) return 0
  return ((entry.cpuSeconds - last.cpuSeconds) / ((atMs - last.atMs) / 1000)) * 100
}
