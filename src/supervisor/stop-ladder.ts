import { killTree } from './processes/kill-tree.ts'
import type { ProcessEntry, ProcessHost, ProcessTree } from './processes/process-host.ts'
import { SentSignals } from './sent-signals.ts'

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
 * with the signals sent once no process of the tree is alive.
 */
export async function endTree(tree: ProcessTree, host: ProcessHost, ladder: Ladder): Promise<SentSignals> {
  const sent = new SentSignals()
  let isNotified = false
  const notifyOnce = () => {
    if (!isNotified) ladder.onFirstSignal()
    isNotified = true
  }
  // Scanned first: it records ancestry, which is lost when a parent ends.
  let members = ladder.kill.aborted ? undefined : await host.members(tree)
  const group = members?.filter(member => isInGroup(member, tree)) ?? []
  if (group.length > 0) {
    notifyOnce()
    if (askToEnd(tree, group, { host, signal: ladder.stopSignal })) sent.add(ladder.stopSignal, group)
    members = await untilGroupIsGone(tree, host, ladder)
  }
  if (members?.length === 0) return sent
  await killTree(tree, host, { beforeFirst: notifyOnce, killed: processes => sent.add('SIGKILL', processes) })
  return sent
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

/** The leader counts until it is reaped. */
function isInGroup({ group }: ProcessEntry, tree: ProcessTree): boolean {
  return group === tree.pid
}

/** Resolves with all that is left of the tree, or with undefined if it is to be killed now. */
async function untilGroupIsGone(
  tree: ProcessTree,
  host: ProcessHost,
  { graceMs, kill }: Ladder
): Promise<readonly ProcessEntry[] | undefined> {
  const { promise: overdue, resolve } = Promise.withResolvers<void>()
  let isOver = false
  const end = () => {
    isOver = true
    resolve()
  }
  const timer = setTimeout(end, kill.aborted ? 0 : graceMs)
  kill.addEventListener('abort', end, { once: true })
  try {
    for (;;) {
      if (!tree.exit) await Promise.race([tree.exited, overdue])
      if (isOver) return undefined
      const left = await host.members(tree)
      if (!left.some(member => isInGroup(member, tree))) return left
      await Promise.race([host.changed(tree), overdue])
    }
  } finally {
    clearTimeout(timer)
  }
}
