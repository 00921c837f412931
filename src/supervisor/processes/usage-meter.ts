import type { TotalUsage, Usage } from '../../session/session.ts'
import type { ProcEntry } from './proc.ts'

/** What wait4(2) tells of a process that has ended, with the descendants that it waited for. */
export interface Rusage {
  readonly cpuMs: number
  readonly maxRssBytes: number
}

/** What the kernel counts for all processes of a cgroup, also for those that nobody waited for. */
export interface Counted {
  readonly cpuMs: number
  /** Undefined if it does not count memory. */
  readonly peakBytes: number | undefined
}

/** Of proc(5): programs see 100 a second on every Linux. */
const msPerTick = 10

/**
 * Adds up what the processes of a tree use. The looks that are taken at a tree anyway give its memory and the CPU time
 * of living processes; the time of those that have ended is exact if this process reaps them.
 */
export class UsageMeter {
  #cgroup: Counted | undefined
  #reapedMs = 0
  #cpuMs = 0
  #rssBytes = 0
  #peakRssBytes = 0
  #processes = 1
  #mostProcesses = 1

  /** From now on the kernel counts, too. */
  countIn(cgroup: Counted | undefined): this {
    this.#cgroup = cgroup ?? this.#cgroup
    return this
  }

  /** All the living processes of the tree, seen at one moment. */
  observe(entries: readonly ProcEntry[]): void {
    if (entries.length === 0) return
    let ticks = 0
    let rssBytes = 0
    for (const entry of entries) {
      ticks += entry.cpuTicks
      rssBytes += entry.rssBytes
    }
    // A zombie is not among them, nor is its time until its parent has waited for it: the sum never falls.
    this.#cpuMs = Math.max(this.#cpuMs, this.#reapedMs + ticks * msPerTick)
    this.#rssBytes = rssBytes
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes)
    this.#processes = entries.length
    this.#mostProcesses = Math.max(this.#mostProcesses, entries.length)
  }

  /**
   * A process of the tree was reaped. The kernel counts the memory of the process that spawned it as its own until the
   * exec, so that a peak below the one of this process says nothing.
   */
  reaped({ cpuMs, maxRssBytes }: Rusage): void {
    this.#reapedMs += cpuMs
    if (maxRssBytes > this.#peakRssBytes && maxRssBytes > ownPeakBytes()) this.#peakRssBytes = maxRssBytes
  }

  /** As of the last look. */
  get now(): Omit<Usage, 'at'> {
    return {
      cpuMs: this.#cpuMsOf(this.#cpuMs),
      rssBytes: this.#rssBytes,
      peakRssBytes: this.#peakRssBytes,
      processes: this.#processes
    }
  }

  /** Once no process is left. */
  get total(): TotalUsage {
    const peak = Math.max(this.#peakRssBytes, this.#cgroup?.peakBytes ?? 0)
    return {
      cpuMs: this.#cpuMsOf(Math.max(this.#cpuMs, this.#reapedMs)),
      ...(peak > 0 && { peakRssBytes: peak }),
      processes: this.#mostProcesses
    }
  }

  /** In the cgroup what was used before the process was moved into it does not count. */
  #cpuMsOf(seenMs: number): number {
    return Math.round(Math.max(seenMs, this.#cgroup?.cpuMs ?? 0))
  }
}

function ownPeakBytes(): number {
  return process.resourceUsage().maxRSS * 1_024
}
