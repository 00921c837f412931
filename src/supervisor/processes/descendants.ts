import { childrenOf, type ProcEntry, readProcess, readStartTime } from './proc.ts'
import { Slices } from './slices.ts'

/** These processes and all their descendants, parents first; `visit` is called for each before its children are read. */
export async function withDescendants(
  roots: readonly ProcEntry[],
  visit?: (entry: ProcEntry) => void
): Promise<ProcEntry[]> {
  const found: ProcEntry[] = [...roots]
  const slices = new Slices()
  // The list grows during the loop.
  for (const entry of found) {
    visit?.(entry)
    found.push(...readChildren(entry))
    await slices.rest()
  }
  return found
}

/** Pids can be reused during the scan: a process is a child if its parent's start time is unchanged after it was read. */
function readChildren({ pid, startTime }: ProcEntry): readonly ProcEntry[] {
  const children = childrenOf(pid)
    .flatMap(child => readProcess(child) ?? [])
    .filter(({ parent }) => parent === pid)
  return children.length > 0 && readStartTime(pid) === startTime ? children : []
}
