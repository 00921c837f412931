import { setTimeout as delay } from 'node:timers/promises'
import { mostGraces } from '../protocol/most-graces.ts'
import { Deadline } from './deadline.ts'
import { killTree } from './processes/kill-tree.ts'
import type { ProcessEntry, ProcessHost, ProcessTree } from './processes/process-host.ts'
import { SentSignals } from './sent-signals.ts'
import { StopSignal } from './stop-signal.ts'

export interface Ladder {
  readonly stopSignal: NodeJS.Signals
  /** Whether the first process alone gets the signal, and the others once it has exited. */
  readonly leaderOnly?: boolean | undefined
  /** Runs the command that ends the app in place of the signal; resolves with whether it did. */
  readonly command?: ((over: AbortSignal) => Promise<boolean>) | undefined
  /** The time from the stop signal to SIGKILL, in milliseconds. */
  readonly graceMs: number
  /** Called with the end of that time, which the app can put off. */
  readonly onGrace?: ((grace: Deadline) => void) | undefined
  /** Aborted when the tree is to be killed at once. */
  readonly kill: AbortSignal
  /** Called once, before the first signal, with the processes that are left, unless they are to be killed at once. */
  readonly onFirstSignal: (left: readonly ProcessEntry[]) => void
}

/** The longest pause between two scans of a tree that does not get smaller, in milliseconds: it may fork without end. */
const longestPauseMs = 100

/**
 * Ends a tree: stop signal to every process of it, in the group or out of it, grace, and then SIGKILL to what is left.
 * Resolves with the signals sent once no process of the tree is alive.
 */
export async function endTree(tree: ProcessTree, host: ProcessHost, ladder: Ladder): Promise<SentSignals> {
  const sent = new SentSignals()
  let isNotified = false
  const notifyOnce = (left: readonly ProcessEntry[] = []) => {
    if (!isNotified) ladder.onFirstSignal(left)
    isNotified = true
  }
  // Scanned first: it records ancestry, which is lost when a parent ends.
  const members = ladder.kill.aborted ? undefined : await host.members(tree)
  if (members?.length === 0) return sent
  if (members) {
    notifyOnce(members)
    const signal = new StopSignal(tree, host, { ...ladder, sent })
    if (!ladder.command) signal.begin(members)
    if (await endsWithinGrace(tree, host, { ladder, signal })) return sent
  }
  await killTree(tree, host, { beforeFirst: notifyOnce, killed: processes => sent.add('SIGKILL', processes) })
  return sent
}

/** Resolves with whether no process is left; with false as soon as what is left is to be killed. */
async function endsWithinGrace(
  tree: ProcessTree,
  host: ProcessHost,
  { ladder: { graceMs, kill, command, onGrace }, signal }: { readonly ladder: Ladder; readonly signal: StopSignal }
): Promise<boolean> {
  const { promise: overdue, resolve } = Promise.withResolvers<void>()
  const over = new AbortController()
  const hadExited = tree.exit !== undefined
  const end = () => {
    over.abort('over')
    resolve()
  }
  const grace = new Deadline(kill.aborted ? 0 : graceMs, mostGraces * graceMs)
  void grace.passed.then(end)
  onGrace?.(grace)
  kill.addEventListener('abort', end, { once: true })
  const left = new Scans(tree, host)
  try {
    const isEnding = command && (await Promise.race([command(over.signal), overdue]))
    if (command && isEnding === false) signal.begin(await host.members(tree))
    for (;;) {
      if (!tree.exit) await Promise.race([tree.exited, overdue])
      if (over.signal.aborted) return false
      const members = await left.next()
      if (members.length === 0) return true
      // What the first process leaves behind gets the signal, unless the command is to end just that.
      if (!signal.hasBegun && !hadExited) signal.begin(members)
      signal.follow(members)
      await Promise.race([left.pause(), overdue])
    }
  } finally {
    grace.close()
    over.abort('over')
  }
}

/** Scans a tree until it is gone, the less often the longer it does not get smaller. */
class Scans {
  readonly #tree: ProcessTree
  readonly #host: ProcessHost
  #count = Number.POSITIVE_INFINITY
  #pauseMs = 0

  constructor(tree: ProcessTree, host: ProcessHost) {
    this.#tree = tree
    this.#host = host
  }

  async next(): Promise<readonly ProcessEntry[]> {
    const members = await this.#host.members(this.#tree)
    this.#pauseMs = members.length < this.#count ? 0 : Math.min(2 * this.#pauseMs + 1, longestPauseMs)
    this.#count = members.length
    return members
  }

  /** Resolves when it is time for the next scan. */
  async pause(): Promise<void> {
    if (this.#pauseMs > 0) await delay(this.#pauseMs)
    await this.#host.changed(this.#tree)
  }
}
