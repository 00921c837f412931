import type { Owners } from './owners.ts'
import { allPids, hasEnvironment, type ProcEntry, readProcess, readStartTime } from './proc.ts'
import type { ProcessTree } from './process-host.ts'
import { Slices } from './slices.ts'

/** How often `/proc` is listed at most in one scan, if new processes appear. */
const maxListings = 4
/** During an exec there is no environment to read. A process without one for longer than this was started without. */
const maxBlankMs = 100

/** A process in this scan; without a tree if it belongs to none, without an entry if it is gone. */
interface Seen<T> {
  readonly entry?: ProcEntry
  readonly tree?: T | undefined
}

/** Finds the processes of trees by a scan of all of `/proc`, for hosts that are not child subreapers. */
export class ProcessTable<T extends ProcessTree> {
  readonly #owners: Owners<T>
  readonly #found: (entry: ProcEntry, tree: T) => void
  #before: ReadonlyMap<number, Seen<T>> = new Map()
  #seen = new Map<number, Seen<T>>()
  #members: ReadonlyMap<T, readonly ProcEntry[]> = new Map()
  /** Processes in the present scan. */
  #nextMembers = new Map<T, ProcEntry[]>()
  /** When each process without tree and environment was first seen, by pid and start time. */
  #blankSince = new Map<string, number>()
  /** Whether a new process ended before it could be read: it may have left a child. */
  #hasVanished = false

  /** @param found is called when a member is seen for the first time, in the same turn */
  constructor(owners: Owners<T>, found: (entry: ProcEntry, tree: T) => void) {
    this.#owners = owners
    this.#found = found
  }

  of(tree: T): readonly ProcEntry[] {
    return this.#members.get(tree) ?? []
  }

  /** Whether the owner of some process is not known yet. */
  get isUnsure(): boolean {
    if (this.#hasVanished) return true
    const now = performance.now()
    return [...this.#blankSince.values()].some(since => now - since < maxBlankMs)
  }

  /** In slices: if init is slow to reap, /proc can have thousands of zombies. */
  async look(): Promise<void> {
    this.#before = this.#seen
    this.#seen = new Map()
    this.#nextMembers = new Map()
    const blankBefore = this.#blankSince
    this.#blankSince = new Map()
    const slices = new Slices()
    // A process that forks and exits during a listing can hide its child: listed again until no new one appears.
    for (let listings = 0; listings < maxListings; listings++) {
      const pids = allPids().filter(pid => !this.#seen.has(pid))
      this.#hasVanished = false
      if (pids.length === 0) break
      // The newest first: a process that forks and exits quickly must be read before it has ended.
      const fresh = pids.filter(pid => !this.#before.has(pid)).reverse()
      for (const pid of [...fresh, ...pids]) {
        this.#examine(pid)
        await slices.rest()
      }
    }
    for (const name of this.#blankSince.keys()) {
      const since = blankBefore.get(name)
      if (since !== undefined) this.#blankSince.set(name, since)
    }
    this.#members = this.#nextMembers
    for (const tree of this.#owners.trees) {
      this.#owners.note(tree, this.of(tree))
      tree.usage.observe(this.of(tree))
    }
  }

  #examine(pid: number): void {
    if (this.#seen.has(pid)) return
    const entry = readProcess(pid)
    if (!entry) {
      this.#hasVanished ||= !this.#before.has(pid)
      return void this.#seen.set(pid, {})
    }
    this.#seen.set(pid, { entry })
    if (!this.#isYoung(entry)) return
    const tree = this.#owners.of(entry) ?? this.#ownerOfParent(entry)
    if (!tree) {
      if (!hasEnvironment(pid)) this.#blankSince.set(`${pid} ${entry.startTime}`, performance.now())
      return
    }
    this.#seen.set(pid, { entry, tree })
    this.#nextMembers.set(tree, [...(this.#nextMembers.get(tree) ?? []), entry])
    const before = this.#before.get(pid)
    if (before?.tree !== tree || before.entry?.startTime !== entry.startTime) this.#found(entry, tree)
  }

  /** The parent is examined before its start time is read again: if that is unchanged, it was the parent. */
  #ownerOfParent({ parent }: ProcEntry): T | undefined {
    if (parent <= 1) return undefined
    this.#examine(parent)
    const { entry, tree } = this.#seen.get(parent) ?? {}
    return tree && entry?.startTime === readStartTime(parent) ? tree : undefined
  }

  /** Most processes of a machine are older than any tree, so their environment need not be read. */
  #isYoung({ startTime }: ProcEntry): boolean {
    for (const tree of this.#owners.trees) if (tree.since <= startTime) return true
    return false
  }
}
