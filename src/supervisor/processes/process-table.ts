import type { Owners } from './owners.ts'
import { allPids, type ProcEntry, readProcess } from './proc.ts'
import type { ProcessTree } from './process-host.ts'

/** So often `/proc` is listed in one look because processes came meanwhile. */
const maxListings = 4

/** What a scan of all of `/proc` tells of some trees, for where processes do not become our own children. */
export class ProcessTable<T extends ProcessTree> {
  readonly #owners: Owners<T>
  readonly #found: (entry: ProcEntry, tree: T) => void
  /** Owner of each process that was alive in the look before, undefined for those of nobody. */
  #before: ReadonlyMap<number, T | undefined> = new Map()
  #members = new Map<T, ProcEntry[]>()

  /** @param found is called when a member is seen for the first time, in the same turn */
  constructor(owners: Owners<T>, found: (entry: ProcEntry, tree: T) => void) {
    this.#owners = owners
    this.#found = found
  }

  of(tree: T): readonly ProcEntry[] {
    return this.#members.get(tree) ?? []
  }

  look(): void {
    const seen = new Map<number, T | undefined>()
    this.#members = new Map()
    // Who forks and dies while /proc is read may hide its child: listed until nothing new appears.
    for (let listings = 0; listings < maxListings; listings++) {
      const pids = allPids().filter(pid => !seen.has(pid))
      if (pids.length === 0) break
      // The newest first: what forks all the time has to be caught before it has ended.
      for (const pid of pids.filter(pid => !this.#before.has(pid)).reverse()) this.#examine(pid, seen)
      for (const pid of pids.filter(pid => this.#before.has(pid))) this.#examine(pid, seen)
    }
    this.#before = seen
    for (const tree of this.#owners.trees) this.#owners.note(tree, this.of(tree))
  }

  #examine(pid: number, seen: Map<number, T | undefined>): void {
    if (seen.has(pid)) return
    const entry = readProcess(pid)
    seen.set(pid, undefined)
    if (!entry) return
    const tree = this.#ownerOf(entry, seen)
    seen.set(pid, tree)
    if (!tree) return
    this.#members.set(tree, [...(this.#members.get(tree) ?? []), entry])
    if (this.#before.get(pid) !== tree) this.#found(entry, tree)
  }

  /** By what the process shows, or by its parent, whose turn then is first. */
  #ownerOf(entry: ProcEntry, seen: Map<number, T | undefined>): T | undefined {
    if (!this.#isYoung(entry)) return undefined
    const tree = this.#owners.of(entry)
    if (tree) return tree
    if (entry.parent > 1) this.#examine(entry.parent, seen)
    return seen.get(entry.parent)
  }

  /** Most processes of a machine are older than any tree, which saves their environment from being read. */
  #isYoung({ startTime }: ProcEntry): boolean {
    for (const tree of this.#owners.trees) if (tree.startTime <= startTime) return true
    return false
  }
}
