import { type ProcessEntry, type ProcessHost, type ProcessTree, signalProcess } from './processes/process-host.ts'

export interface Ladder {
  readonly stopSignal: NodeJS.Signals
  /** How long the tree may take to follow the stop signal, in milliseconds. */
  readonly graceMs: number
  /** Aborted when the tree is to be killed at once. */
  readonly kill: AbortSignal
  /** Called once, before the first signal. */
  readonly onFirstSignal: () => void
}

/**
 * Ends a tree: stop signal to the group, grace, SIGKILL to the group, SIGKILL to what left the group. Resolves with the
 * names of the signals sent when nothing of the tree is alive, and not before.
 */
export async function endTree(tree: ProcessTree, host: ProcessHost, ladder: Ladder): Promise<string[]> {
  const signalsSent: string[] = []
  const send = (signal: NodeJS.Signals, pids: readonly number[]) => {
    if (pids.length > 0 && signalsSent.length === 0) ladder.onFirstSignal()
    const hits = pids.map(pid => signalProcess(pid, signal))
    if (hits.includes(true) && signalsSent.at(-1) !== signal) signalsSent.push(signal)
  }
  if (!(await isAlive(tree, host))) return signalsSent
  if (!ladder.kill.aborted) {
    send(ladder.stopSignal, await group(tree, host))
    await untilGroupIsGone(tree, host, AbortSignal.any([ladder.kill, AbortSignal.timeout(ladder.graceMs)]))
  }
  send('SIGKILL', await group(tree, host))
  while (await isAlive(tree, host)) {
    send(
      'SIGKILL',
      (await survivors(tree, host)).map(({ pid }) => pid)
    )
    await (tree.exit ? host.changed() : tree.exited)
  }
  return signalsSent
}

/**
 * The group as a target for kill(2), if it is certain whose it is: its id can't be reused while the leader is not reaped
 * or a known member lives.
 */
async function group(tree: ProcessTree, host: ProcessHost): Promise<number[]> {
  return !tree.exit || (await hasMembers(tree, host)) ? [-tree.pid] : []
}

async function hasMembers(tree: ProcessTree, host: ProcessHost): Promise<boolean> {
  return (await survivors(tree, host)).some(entry => entry.group === tree.pid)
}

async function isAlive(tree: ProcessTree, host: ProcessHost): Promise<boolean> {
  return !tree.exit || (await survivors(tree, host)).length > 0
}

/** Looks until it is possible to see: no file descriptor may be free for a moment. */
async function survivors(tree: ProcessTree, host: ProcessHost): Promise<readonly ProcessEntry[]> {
  for (;;) {
    try {
      return host.survivors(tree)
    } catch {
      await host.changed()
    }
  }
}

async function untilGroupIsGone(tree: ProcessTree, host: ProcessHost, over: AbortSignal): Promise<void> {
  const { promise: overdue, resolve } = Promise.withResolvers<void>()
  over.addEventListener('abort', () => resolve(), { once: true })
  while (!over.aborted && (!tree.exit || (await hasMembers(tree, host)))) {
    await Promise.race([tree.exit ? host.changed() : tree.exited, overdue])
  }
}
