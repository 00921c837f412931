import { getPriority } from 'node:os'
import type { Limits } from '../../protocol/limits.ts'

/** What the log of a session says of limits that this machine can't hold. */
export function unenforced(limits: Limits, pid: number, controllers: readonly string[] = []): readonly string[] {
  const { cpus, nice } = limits
  return [
    ...(cpus !== undefined && !controllers.includes('cpu')
      ? [`limits.cpus is not enforced: there is no cpu controller of cgroup v2 for the gateway to use`]
      : []),
    ...(nice !== undefined && !hasNice(pid, nice) ? [`limits.nice is not in force: this user may not set ${nice}`] : [])
  ]
}

/** That of a process that has ended says nothing. */
function hasNice(pid: number, nice: number): boolean {
  try {
    return getPriority(pid) === nice
  } catch {
    return true
  }
}
