import { type ProcEntry, readProcess } from '../processes/proc.ts'
import type { ProcessEntry, ProcessTree, Visit } from '../processes/process-host.ts'

/** The living processes in the cgroup of a tree that are not among those `found` already. */
export function othersInCgroup(
  { cgroup }: ProcessTree,
  found: readonly ProcessEntry[],
  visit?: Visit
): readonly ProcEntry[] {
  if (!cgroup) return []
  const known = new Set(found.map(({ pid }) => pid))
  const others = cgroup.pids.filter(pid => !known.has(pid)).flatMap(pid => readProcess(pid) ?? [])
  if (visit) for (const entry of others) visit(entry)
  return others
}
