import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessEntry, ProcessHost, ProcessTree, Visit } from './process-host.ts'

/** How many scans look for processes that are not stopped yet, before those found are killed in any case. */
const maxLooks = 16
/** Processes that are alive after this many rounds can't be killed now; further rounds follow at this interval. */
const quickRounds = 8
const slowRoundMs = 250

/**
 * Kills a whole tree, even if it forks meanwhile. Resolves when no process of it is alive. First every process gets
 * SIGSTOP, parents before children, until a scan finds no other: a stopped process can't fork, and shows its parent. Then
 * all get SIGKILL. `beforeFirst` is called before the first signal, `killed` with the processes that got SIGKILL.
 */
export async function killTree(
  tree: ProcessTree,
  host: ProcessHost,
  {
    beforeFirst,
    killed
  }: { readonly beforeFirst: () => void; readonly killed: (members: readonly ProcessEntry[]) => void }
): Promise<void> {
  for (let round = 0; ; round++) {
    const members = await stopAll(tree, host, round === 0 ? beforeFirst : () => {})
    if (members.length === 0) return
    killed(members)
    host.signalGroup(tree, 'SIGKILL')
    for (const member of members) host.signal(member, 'SIGKILL')
    // Also what is being forked, or was not found in any other way.
    tree.cgroup?.kill()
    await host.changed(tree)
    if (round > quickRounds) await delay(slowRoundMs)
  }
}

async function stopAll(
  tree: ProcessTree,
  host: ProcessHost,
  beforeFirst: () => void
): Promise<readonly ProcessEntry[]> {
  const stopped = new Set<string>()
  const stop: Visit = entry => {
    const name = `${entry.pid} ${entry.startTime}`
    if (stopped.has(name)) return
    if (stopped.size === 0) beforeFirst()
    stopped.add(name)
    host.signal(entry, 'SIGSTOP')
  }
  for (let looks = 1; ; looks++) {
    const before = stopped.size
    const members = await host.members(tree, stop)
    if (stopped.size === before || looks === maxLooks) return members
  }
}
