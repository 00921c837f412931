import type { TotalUsage, Usage } from '../../session/session.ts'
import type { ProcEntry } from './proc.ts'

/** What wait4(2) tells of a process that has ended, with the descendants that it waited for. */
export interface Rusage {
  readonly cpuMs: number
  readonly maxRssBytes: number
}

/** Of proc(5): programs see 100 a second on every Linux. */
const msPerTick = 10

/**
 * Adds up what the processes of a tree use. The looks that are taken at a tree anyway give its memory and the CPU time
 * of living processes; the time of those that have ended is exact if this process reaps them.
 */
export class UsageMeter {
  #reapedMs = 0
  #cpuMs = 0
  #rssBytes = 0
  #peakRssBytes = 0
  #processes = 1
  #mostProcesses = 1

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
      cpuMs: Math.round(this.#cpuMs),
      rssBytes: this.#rssBytes,
      peakRssBytes: this.#peakRssBytes,
      processes: this.#processes
    }
  }

  /** Once no process is left. */
  get total(): TotalUsage {
    return {
      cpuMs: Math.round(Math.max(this.#cpuMs, this.#reapedMs)),
      ...(this.#peakRssBytes > 0 && { peakRssBytes: this.#peakRssBytes }),
      processes: this.#mostProcesses
    }
  }
}

function ownPeakBytes(): number {
  return process.resourceUsage().maxRSS * 1_024
}
