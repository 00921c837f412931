import type { TotalUsage } from '../../session/session.ts'

/** What runs that followed each other used; absent if none used anything. */
export function sumOf(before: TotalUsage | undefined, last: TotalUsage | undefined): TotalUsage | undefined {
  if (!before || !last) return last ?? before
  const peaks = [before.peakRssBytes, last.peakRssBytes].filter(peak => peak !== undefined)
  return {
    cpuMs: before.cpuMs + last.cpuMs,
    ...(peaks.length > 0 && { peakRssBytes: Math.max(...peaks) }),
    processes: Math.max(before.processes, last.processes)
  }
}
