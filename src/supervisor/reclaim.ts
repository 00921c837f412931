import { setTimeout as delay } from 'node:timers/promises'
import type { LostTree, ReclaimReason } from '../protocol/messages.ts'
import type { Stop } from '../session/session.ts'
import { allProcesses, hasProc, markOf, type ProcEntry, readMark, readSessionKey } from './processes/proc.ts'
import { signalProcess } from './processes/process-host.ts'

const pauseMs = 10

export interface Reclaim extends ReclaimReason {
  readonly trees: readonly LostTree[]
  readonly bootId: string
  readonly ended: (sessionId: number, stop: Stop) => void
}

/** Kills what is left of trees that nobody supervises, and tells of each tree when nothing of it is alive. */
export async function reclaim({ trees, bootId, ended, reason, message }: Reclaim): Promise<void> {
  let left = trees.map(tree => ({ tree, isKilled: false }))
  while (left.length > 0) {
    const processes = hasProc() ? allProcesses().map(identify) : []
    left = left.flatMap(({ tree, isKilled }) => {
      const ofSession = sessionOf(tree, bootId, processes)
      const ofMark = markOf(tree.key)
      const alive = processes.filter(
        ({ entry, key, mark }) => key === tree.key || mark === ofMark || entry.session === ofSession
      )
      const hits = alive.map(({ entry }) => signalProcess(entry.pid, 'SIGKILL'))
      if (alive.length > 0) return [{ tree, isKilled: isKilled || hits.includes(true) }]
      const signalsSent = isKilled ? ['SIGKILL'] : []
      ended(tree.sessionId, { reason, initiator: 'gateway', message, signalsSent, survivors: 0 })
      return []
    })
    if (left.length > 0) await delay(pauseMs)
  }
}

function identify(entry: ProcEntry) {
  return { entry, key: readSessionKey(entry.pid), mark: readMark(entry.pid) }
}

/** The session id of the tree's group, if its leader is still the process it was: a pid alone may be somebody else's. */
function sessionOf(
  { leader }: LostTree,
  bootId: string,
  processes: readonly { entry: ProcEntry }[]
): number | undefined {
  if (leader?.bootId !== bootId) return undefined
  const isThere = processes.some(({ entry }) => entry.pid === leader.pid && entry.startTime === leader.startTime)
  return isThere ? leader.pid : undefined
}
