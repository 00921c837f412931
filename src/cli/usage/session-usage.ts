import type { Session } from '../../../clients/typescript/src/client.ts'
import { type ProcessFacts, readProcesses, residentBytes, withDescendants } from './processes.ts'

/** What the process of a session and its descendants use. */
export interface Usage {
  /** Of one core, since the last sample; absent in the first. */
  readonly cpuPercent?: number
  /** Resident memory; what processes share counts for each. */
  readonly memoryBytes: number
  readonly processes: number
}

interface Sample {
  readonly root: ProcessFacts
  readonly cpuMs: number
  readonly takenMs: number
}

/** The clocks of a process and of the record of its session differ by less than this, in milliseconds. */
const clockToleranceMs = 3_000

/** What sessions on this machine use, sampled from /proc. */
export class UsageMeter {
  #samples = new Map<number, Sample>()

  /** By session id, without sessions whose process is not on this machine. */
  measure(sessions: readonly Session[]): ReadonlyMap<number, Usage> {
    const processes = readProcesses()
    const children = Map.groupBy(processes.values(), ({ parent }) => parent)
    const takenMs = performance.now()
    const samples = new Map<number, Sample>()
    const usages = new Map<number, Usage>()
    for (const session of sessions) {
      const root = rootOf(session, processes)
      if (!root) continue
      const tree = withDescendants(root, children)
      const sample = { root, cpuMs: tree.reduce((sum, { cpuMs }) => sum + cpuMs, 0), takenMs }
      samples.set(session.id, sample)
      usages.set(session.id, {
        ...cpuSince(this.#samples.get(session.id), sample),
        memoryBytes: tree.reduce((sum, { pid }) => sum + residentBytes(pid), 0),
        processes: tree.length
      })
    }
    this.#samples = samples
    return usages
  }
}

/** The gateway can be on another machine, where the pid means another process: the process here must have begun with the session. */
function rootOf(session: Session, processes: ReadonlyMap<number, ProcessFacts>): ProcessFacts | undefined {
  const { pid, createdAt, readyAt } = session
  const root = pid === undefined ? undefined : processes.get(pid)
  if (!root) return undefined
  const from = Date.parse(createdAt) - clockToleranceMs
  const to = (readyAt === undefined ? Date.now() : Date.parse(readyAt)) + clockToleranceMs
  return root.startedMs >= from && root.startedMs <= to ? root : undefined
}

/** A child that ends takes its CPU time along if nobody has waited for it. */
function cpuSince(before: Sample | undefined, now: Sample): Pick<Usage, 'cpuPercent'> {
  if (!before || before.root.pid !== now.root.pid || before.takenMs === now.takenMs) return {}
  return { cpuPercent: Math.max(0, (100 * (now.cpuMs - before.cpuMs)) / (now.takenMs - before.takenMs)) }
}
