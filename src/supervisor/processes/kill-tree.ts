import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessEntry, ProcessHost, ProcessTree, Visit } from './process-host.ts'

/** So often a tree is looked at for processes not stopped yet, before what was found is killed in any case. */
const maxLooks = 16
/** What is not dead after so many rounds can't be killed for now, and is tried again at this pace. */
const quickRounds = 8
const slowRoundMs = 250

/**
 * Kills all of a tree, whatever it does meanwhile, and resolves when nothing of it is alive, with whether anything was.
 * First every process is stopped, parents before children, until a look finds no other: what is stopped can't fork, and
 * shows whose child it is. Then all are killed. `beforeFirst` is called before the first signal.
 */
export async function killTree(
  tree: ProcessTree,
  host: ProcessHost,
  beforeFirst: () => void = () => {}
): Promise<boolean> {
  for (let round = 0; ; round++) {
    const members = await stopAll(tree, host, round === 0 ? beforeFirst : () => {})
    if (members.length === 0) return round > 0
    host.signalGroup(tree, 'SIGKILL')
    for (const member of members) host.signal(member, 'SIGKILL')
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
