import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { LostTree, ReclaimReason } from '../protocol/commands.ts'
import type { Stop } from '../session/session.ts'
import type { SessionCgroup } from './cgroups/session-cgroup.ts'
import {
  allPids,
  hasProc,
  markOf,
  type ProcEntry,
  readMark,
  readProcess,
  readSessionKey,
  readStartTime
} from './processes/proc.ts'
import type { SendSignal } from './processes/signals.ts'
import { SentSignals } from './sent-signals.ts'

/** Pauses between scans of `/proc`, in milliseconds: doubled while no further process can be killed. */
const firstPauseMs = 10
const longestPauseMs = 2_000

/** How long one turn of the event loop scans, in milliseconds. */
const turnMs = 5

/** How often `/proc` is listed at most in one scan, if new processes appear. */
const maxListings = 4

/** Scans without a process of a tree after which it counts as gone: a process that forks and exits can hide its child from one. */
const emptyLooks = 2

export interface ReclaimerOptions {
  readonly bootId: string
  readonly signal: SendSignal
  /** The cgroup that a session with this key may have. */
  readonly cgroupOf: (key: string) => SessionCgroup | undefined
  readonly ended: (key: string, stop: Stop) => void
  readonly notice: (message: string) => void
}

interface Reclaimed {
  readonly tree: LostTree
  readonly reason: ReclaimReason
  readonly sent: SentSignals
  looksWithout: number
}

/**
 * Kills trees whose supervisor was lost, and records the end of each when none of its processes is alive. All trees share
 * one scan of `/proc`, in small steps; if that fails, or a process can't be killed, it tries again.
 */
export class Reclaimer {
  readonly #options: ReclaimerOptions
  readonly #trees = new Map<string, Reclaimed>()
  #sweeping: Promise<void> | undefined

  constructor(options: ReclaimerOptions) {
    this.#options = options
  }

  /** The keys of the trees that are not gone yet. */
  get keys(): Iterable<string> {
    return this.#trees.keys()
  }

  get isIdle(): boolean {
    return this.#trees.size === 0
  }

  add(trees: readonly LostTree[], reason: ReclaimReason): void {
    for (const tree of trees) {
      if (!this.#trees.has(tree.key))
        this.#trees.set(tree.key, { tree, reason, sent: new SentSignals(), looksWithout: 0 })
    }
    this.#sweeping ??= this.#sweep()
  }

  async #sweep(): Promise<void> {
    let pauseMs = firstPauseMs
    let failure: string | undefined
    while (this.#trees.size > 0) {
      const before = this.#trees.size
      try {
        await this.#look([...this.#trees.values()])
      } catch (error) {
        const { message } = error as Error
        if (message !== failure) this.#options.notice(`lost trees can't be reclaimed now: ${message}; trying again`)
        failure = message
      }
      pauseMs = this.#trees.size < before ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs)
      if (this.#trees.size > 0) await delay(pauseMs)
    }
    this.#sweeping = undefined
  }

  async #look(wanted: readonly Reclaimed[]): Promise<void> {
    const alive = new Set<Reclaimed>()
    const ownerOf = ownership(wanted, this.#options.bootId)
    let turnEnd = performance.now() + turnMs
    for (const pid of processIds()) {
      if (performance.now() > turnEnd) {
        await nextTurn()
        turnEnd = performance.now() + turnMs
      }
      const entry = readProcess(pid)
      const owner = entry && ownerOf(entry)
      if (!owner) continue
      alive.add(owner)
      if (this.#options.signal(entry, 'SIGKILL')) owner.sent.add('SIGKILL', [entry])
    }
    for (const reclaimed of wanted) this.#judge(reclaimed, this.#killCgroup(reclaimed) || alive.has(reclaimed))
  }

  /** Kills what only the cgroup tells. Returns whether there was something in it. */
  #killCgroup({ tree: { key }, sent }: Reclaimed): boolean {
    const cgroup = this.#options.cgroupOf(key)
    const left = cgroup?.pids.flatMap(pid => readProcess(pid) ?? []) ?? []
    for (const entry of left) if (this.#options.signal(entry, 'SIGKILL')) sent.add('SIGKILL', [entry])
    if (left.length > 0) cgroup?.kill()
    return left.length > 0
  }

  #judge(reclaimed: Reclaimed, isAlive: boolean): void {
    reclaimed.looksWithout = isAlive ? 0 : reclaimed.looksWithout + 1
    if (reclaimed.looksWithout < emptyLooks) return
    const { tree, reason, sent } = reclaimed
    this.#trees.delete(tree.key)
    this.#options.cgroupOf(tree.key)?.remove()
    this.#options.ended(tree.key, { ...reason, initiator: 'gateway', ...sent.told, survivors: 0 })
  }
}

/** Each pid once, the newest first: a process that forks and exits quickly must be read before it has ended. */
function* processIds(): Generator<number> {
  const seen = new Set<number>()
  for (let listings = 0; listings < maxListings && hasProc(); listings++) {
    const fresh = allPids().filter(pid => !seen.has(pid))
    if (fresh.length === 0) return
    for (const pid of fresh.reverse()) {
      seen.add(pid)
      yield pid
    }
  }
}

/** Which tree a living process belongs to: by its key, by its mark, or by its session. */
function ownership(wanted: readonly Reclaimed[], bootId: string): (entry: ProcEntry) => Reclaimed | undefined {
  const byKey = new Map(wanted.map(reclaimed => [reclaimed.tree.key, reclaimed]))
  const byMark = new Map(wanted.map(reclaimed => [markOf(reclaimed.tree.key), reclaimed]))
  const bySession = new Map(wanted.flatMap(reclaimed => sessionsOf(reclaimed, bootId)))
  return ({ pid, session }) =>
    byKey.get(readSessionKey(pid) ?? '') ?? byMark.get(readMark(pid)) ?? bySession.get(session)
}

/** The Linux session of the tree's leader, if its pid was not reused. */
function sessionsOf(reclaimed: Reclaimed, bootId: string): [number, Reclaimed][] {
  const { leader } = reclaimed.tree
  const isThere = leader?.bootId === bootId && readStartTime(leader.pid) === leader.startTime
  return isThere ? [[leader.pid, reclaimed]] : []
}
