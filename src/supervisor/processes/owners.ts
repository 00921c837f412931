import { markOf, type ProcEntry, readMark, readSessionKey } from './proc.ts'
import type { ProcessTree } from './process-host.ts'

/** Tells which tree a process belongs to, with work that does not grow with the number of trees. */
export class Owners<T extends ProcessTree> {
  readonly #byPid = new Map<number, T>()
  readonly #byKey = new Map<string, T>()
  readonly #byMark = new Map<number, T>()
  /** Descendants that were seen while their ancestry showed whose they are. */
  readonly #descendants = new Map<number, { readonly startTime: number; readonly tree: T }>()
  readonly #pidsOf = new Map<T, ReadonlySet<number>>()

  add(tree: T): void {
    this.#byPid.set(tree.pid, tree)
    this.#byKey.set(tree.key, tree)
    this.#byMark.set(markOf(tree.key), tree)
  }

  remove(tree: T): void {
    this.note(tree, [])
    this.#pidsOf.delete(tree)
    // The pid of a leader that was reaped may be another leader's by now.
    if (this.#byPid.get(tree.pid) === tree) this.#byPid.delete(tree.pid)
    this.#byKey.delete(tree.key)
    this.#byMark.delete(markOf(tree.key))
  }

  get trees(): Iterable<T> {
    return this.#byKey.values()
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0
  }

  /** Remembers whose descendants these are, and forgets the tree's earlier ones. */
  note(tree: T, descendants: readonly ProcEntry[]): void {
    for (const pid of this.#pidsOf.get(tree) ?? []) {
      if (this.#descendants.get(pid)?.tree === tree) this.#descendants.delete(pid)
    }
    this.#pidsOf.set(tree, new Set(descendants.map(({ pid }) => pid)))
    for (const { pid, startTime } of descendants) this.#descendants.set(pid, { startTime, tree })
  }

  /**
   * First by what a process can't change: its ancestry, where that was seen, and the session it is in. Then by the key
   * in its environment and, for one that cleared it, by its mark. Then by a session or group that a known descendant began.
   */
  of(entry: ProcEntry): T | undefined {
    const isElder = (tree: T | undefined) => tree !== undefined && tree.startTime <= entry.startTime
    const known = this.#descendants.get(entry.pid)
    if (known?.startTime === entry.startTime) return known.tree
    const inSession = this.#byPid.get(entry.session)
    if (isElder(inSession)) return inSession
    const tree = this.#byKey.get(readSessionKey(entry.pid) ?? '') ?? this.#byMark.get(readMark(entry.pid))
    if (isElder(tree)) return tree
    return (this.#descendants.get(entry.session) ?? this.#descendants.get(entry.group))?.tree
  }
}
