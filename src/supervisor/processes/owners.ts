import { type ProcEntry, readCgroupMark, readMark, readProcess, readSessionKey, readStartTime } from './proc.ts'
import type { ProcessTree } from './process-host.ts'

/** Finds the tree of a process in constant time. */
export class Owners<T extends ProcessTree> {
  readonly #byPid = new Map<number, T>()
  readonly #byKey = new Map<string, T>()
  readonly #byMark = new Map<number, T>()
  /** How many of the trees have a cgroup. */
  #cgroups = 0
  /** Descendants that were seen while their ancestry showed their tree. */
  readonly #descendants = new Map<number, { readonly startTime: number; readonly tree: T }>()
  readonly #pidsOf = new Map<T, ReadonlySet<number>>()
  /** The trees whose processes a later tree with the same key has taken over. */
  readonly #predecessors = new Map<T, readonly T[]>()

  /** Processes of a predecessor belong to the new tree from now on. */
  add(tree: T, predecessor?: T): void {
    this.#byPid.set(tree.pid, tree)
    this.#byKey.set(tree.key, tree)
    this.#byMark.set(tree.mark, tree)
    if (tree.cgroup) this.#cgroups++
    if (predecessor) this.#takeOver(tree, predecessor)
  }

  remove(tree: T): void {
    this.note(tree, [])
    if (tree.cgroup && this.#byKey.get(tree.key) === tree) this.#cgroups--
    for (const leader of [tree, ...(this.#predecessors.get(tree) ?? [])]) {
      // The pid of a reaped leader may be that of another leader now.
      if (this.#byPid.get(leader.pid) === leader) this.#byPid.delete(leader.pid)
    }
    this.#predecessors.delete(tree)
    this.#byKey.delete(tree.key)
    this.#byMark.delete(tree.mark)
  }

  get trees(): Iterable<T> {
    return this.#byKey.values()
  }

  withKey(key = ''): T | undefined {
    return this.#byKey.get(key)
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0
  }

  /** Replaces the known descendants of a tree. */
  note(tree: T, descendants: readonly ProcEntry[]): void {
    for (const pid of this.#pidsOf.get(tree) ?? []) {
      if (this.#descendants.get(pid)?.tree === tree) this.#descendants.delete(pid)
    }
    if (descendants.length === 0) this.#pidsOf.delete(tree)
    else this.#pidsOf.set(tree, new Set(descendants.map(({ pid }) => pid)))
    for (const { pid, startTime } of descendants) this.#descendants.set(pid, { startTime, tree })
  }

  /**
   * First by what a process can't change: its ancestry, if that was seen, and the Linux session it is in. Then by the key
   * in its environment and, if it cleared that, by its mark. Then by a session or group that a known descendant began, and by
   * its cgroup.
   */
  of(entry: ProcEntry): T | undefined {
    const isElder = (tree: T | undefined) => tree !== undefined && tree.since <= entry.startTime
    const known = this.#descendants.get(entry.pid)
    if (known?.startTime === entry.startTime) return known.tree
    const inSession = this.#byPid.get(entry.session)
    if (inSession && isElder(inSession) && isSessionOf(inSession, entry)) return this.#byKey.get(inSession.key)
    const tree = this.#byKey.get(readSessionKey(entry.pid) ?? '') ?? this.#byMark.get(readMark(entry.pid))
    if (isElder(tree)) return tree
    return this.#beganBy(entry.session) ?? this.#beganBy(entry.group) ?? this.#withCgroup(entry.pid)
  }

  #withCgroup(pid: number): T | undefined {
    return this.#cgroups > 0 ? this.#byMark.get(readCgroupMark(pid)) : undefined
  }

  /** Whether a process is one of the tree; one that is gone is not, but for the leader. */
  has(tree: T, pid: number): boolean {
    const entry = readProcess(pid)
    return entry ? this.of(entry) === tree : pid === tree.pid
  }

  #takeOver(tree: T, predecessor: T): void {
    this.#predecessors.set(tree, [predecessor, ...(this.#predecessors.get(predecessor) ?? [])])
    this.#predecessors.delete(predecessor)
    const pids = this.#pidsOf.get(predecessor) ?? new Set()
    this.#pidsOf.delete(predecessor)
    if (pids.size > 0) this.#pidsOf.set(tree, pids)
    for (const pid of pids) {
      const known = this.#descendants.get(pid)
      if (known?.tree === predecessor) this.#descendants.set(pid, { ...known, tree })
    }
  }

  /** The tree of the known descendant that began this session or group, if it is still alive. */
  #beganBy(pid: number): T | undefined {
    const known = this.#descendants.get(pid)
    return known?.startTime === readStartTime(pid) ? known.tree : undefined
  }
}

/**
 * Whether a Linux session with the leader's pid as its id is the one that this leader began. It is while the leader is not
 * reaped, and then as long as it has members, which prevent reuse of the pid. If the pid was reused, its new process has
 * it now, or began the session after the leader was reaped.
 */
function isSessionOf(tree: ProcessTree, member: ProcEntry): boolean {
  return tree.endTime === undefined || (member.startTime <= tree.endTime && readStartTime(tree.pid) === 0)
}
