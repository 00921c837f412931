import { killTree } from './processes/kill-tree.ts'
import type { ProcessEntry, ProcessHost, ProcessTree } from './processes/process-host.ts'

export interface Ladder {
  readonly stopSignal: NodeJS.Signals
  /** The time from the stop signal to SIGKILL, in milliseconds. */
  readonly graceMs: number
  /** Aborted when the tree is to be killed at once. */
  readonly kill: AbortSignal
  /** Called once, before the first signal. */
  readonly onFirstSignal: () => void
}

/**
 * Ends a tree: stop signal to the group, grace, and then SIGKILL to every process left, in the group or out of it. Resolves
 * with the names of the signals sent once no process of the tree is alive.
 */
export async function endTree(tree: ProcessTree, host: ProcessHost, ladder: Ladder): Promise<string[]> {
  const signalsSent = new Set<string>()
  let isNotified = false
  const notifyOnce = () => {
    if (!isNotified) ladder.onFirstSignal()
    isNotified = true
  }
  if (!ladder.kill.aborted) {
    // Scanned first: it records ancestry, which is lost when a parent ends.
    const group = await groupMembers(tree, host)
    if (group.length > 0) {
      notifyOnce()
      if (askToEnd(tree, group, { host, signal: ladder.stopSignal })) signalsSent.add(ladder.stopSignal)
      await untilGroupIsGone(tree, host, AbortSignal.any([ladder.kill, AbortSignal.timeout(ladder.graceMs)]))
    }
  }
  if (await killTree(tree, host, notifyOnce)) signalsSent.add('SIGKILL')
  return [...signalsSent]
}

/** SIGCONT follows, so that a stopped process can act on the signal, too. */
function askToEnd(
  tree: ProcessTree,
  group: readonly ProcessEntry[],
  { host, signal }: { host: ProcessHost; signal: NodeJS.Signals }
): boolean {
  const send = (name: NodeJS.Signals) =>
    tree.exit ? group.map(member => host.signal(member, name)).includes(true) : host.signalGroup(tree, name)
  const isSent = send(signal)
  send('SIGCONT')
  return isSent
}

/** The members of the leader's group, and the leader until it is reaped. */
async function groupMembers(tree: ProcessTree, host: ProcessHost): Promise<readonly ProcessEntry[]> {
  return (await host.members(tree)).filter(({ group }) => group === tree.pid)
}

async function untilGroupIsGone(tree: ProcessTree, host: ProcessHost, over: AbortSignal): Promise<void> {
  const { promise: overdue, resolve } = Promise.withResolvers<void>()
  over.addEventListener('abort', () => resolve(), { once: true })
  while (!over.aborted && (!tree.exit || (await groupMembers(tree, host)).length > 0)) {
    await Promise.race([tree.exit ? host.changed(tree) : tree.exited, overdue])
  }
}
