import type { Owners } from './owners.ts'
import { ownChildren, type ProcEntry, readCommand, readProcess } from './proc.ts'
import type { ProcessTree } from './process-host.ts'
import { sendToChild } from './signals.ts'

/** In how many scans a process without an owner is seen before it is killed, unless it is seen to be stopped sooner. */
const maxSightings = 5
/** How long a tree that may own it waits for that, in milliseconds. */
const maxWaitMs = 1_000
/** How often the children are listed at most in one scan, if some end meanwhile. */
const maxListings = 8

/** How often processes without an owner are reported at most, in milliseconds. */
const tellEveryMs = 1_000

export interface StraysOptions<T extends ProcessTree> {
  readonly owners: Owners<T>
  /** Whether a pid is that of a child that this process spawned. */
  readonly isLeader: (pid: number) => boolean
  /** Called when a stray is found, in the same turn of the event loop. */
  readonly adopted: (stray: ProcEntry, tree: T) => void
  readonly notice: (message: string) => void
}

interface Unowned {
  readonly startTime: number
  readonly seenAtMs: number
  sightings: number
}

/**
 * The children of a subreaper that it did not spawn: orphans of its apps. Each is examined once: its pid can't be reused
 * until it is reaped here. A process without an owner comes from an app that hid its origin, since there are no other
 * children: it is stopped, examined again, and killed.
 */
export class Strays<T extends ProcessTree> {
  readonly #options: StraysOptions<T>
  readonly #ownerOf = new Map<number, T>()
  readonly #byTree = new Map<T, Map<number, ProcEntry>>()
  readonly #unowned = new Map<number, Unowned>()
  #isUnsure = false
  #ended = 0
  /** How many processes without an owner were killed and not reported yet. */
  #unreported = 0

  constructor(options: StraysOptions<T>) {
    this.#options = options
  }

  /**
   * Those of a tree, as they are now: each can leave its group and session at any time. One that has ended counts until it
   * is reaped, since its children may not have been found yet.
   */
  of(tree: T): readonly ProcEntry[] {
    return Array.from(this.#byTree.get(tree)?.values() ?? [], entry => readProcess(entry.pid) ?? entry)
  }

  has(pid: number): boolean {
    return this.#ownerOf.has(pid)
  }

  /** Whether a stray without a known owner may belong to this tree. */
  mayOwnUnowned(tree: T): boolean {
    const now = performance.now()
    const isCandidate = ({ startTime, seenAtMs }: Unowned) => startTime >= tree.since && now - seenAtMs < maxWaitMs
    return this.#isUnsure || [...this.#unowned.values()].some(isCandidate)
  }

  /** How many processes without an owner were killed. */
  get ended(): number {
    return this.#ended
  }

  /** Whether there is a stray without a known owner. */
  get hasUnowned(): boolean {
    return this.#isUnsure || this.#unowned.size > 0
  }

  /** Finds new strays. */
  look(): void {
    const seen = new Set<number>()
    let dead: readonly number[] = []
    for (let listings = 0; listings < maxListings; listings++) {
      const before = dead
      dead = ownChildren().filter(pid => this.#isNew(pid) && !seen.has(pid) && !this.#examine(pid, seen))
      // A process that ended after the children were listed may have left a child that was not listed.
      this.#isUnsure = !dead.every(pid => before.includes(pid))
      if (!this.#isUnsure) return
    }
  }

  /** Forgets a reaped child, and returns its tree. */
  forget(pid: number): T | undefined {
    this.#unowned.delete(pid)
    const tree = this.#ownerOf.get(pid)
    this.#ownerOf.delete(pid)
    if (tree) this.#byTree.get(tree)?.delete(pid)
    return tree
  }

  release(tree: T): void {
    this.#byTree.delete(tree)
  }

  /** Those of a predecessor belong to another tree now. */
  handOver(predecessor: T, tree: T): void {
    const strays = this.#byTree.get(predecessor)
    if (!strays) return
    this.#byTree.delete(predecessor)
    this.#byTree.set(tree, strays)
    for (const pid of strays.keys()) this.#ownerOf.set(pid, tree)
  }

  #isNew(pid: number): boolean {
    return !this.#options.isLeader(pid) && !this.#ownerOf.has(pid)
  }

  /** False for a zombie. */
  #examine(pid: number, seen: Set<number>): boolean {
    const entry = readProcess(pid)
    if (!entry) return false
    seen.add(pid)
    const tree = this.#options.owners.of(entry)
    if (tree) this.#adopt(entry, tree)
    else this.#suspect(entry)
    return true
  }

  #adopt(entry: ProcEntry, tree: T): void {
    const strays = this.#byTree.get(tree) ?? new Map<number, ProcEntry>()
    this.#byTree.set(tree, strays.set(entry.pid, entry))
    this.#ownerOf.set(entry.pid, tree)
    if (this.#unowned.delete(entry.pid)) sendToChild(entry.pid, 'SIGCONT')
    this.#options.adopted(entry, tree)
  }

  /** During an exec there is no environment to read. A stopped process is not in an exec. */
  #suspect({ pid, startTime, isStopped }: ProcEntry): void {
    const unowned = this.#unowned.get(pid) ?? { startTime, seenAtMs: performance.now(), sightings: 0 }
    this.#unowned.set(pid, unowned)
    unowned.sightings++
    if (unowned.sightings === 1) return void sendToChild(pid, 'SIGSTOP')
    if (unowned.sightings > maxSightings || (unowned.sightings < maxSightings && !isStopped)) return
    unowned.sightings = maxSightings
    this.#report(`${readCommand(pid)} (pid ${pid})`)
    sendToChild(pid, 'SIGKILL')
  }

  /** Reports at most once a second: an app can make such processes without end. */
  #report(process: string): void {
    this.#ended++
    this.#unreported++
    if (this.#unreported > 1) return
    const tell = () => {
      const count = this.#unreported - 1
      this.#unreported = 0
      const others = count > 0 ? `, and ${count} others within a second` : ''
      this.#options.notice(`ended a process that belongs to no session: ${process}${others}`)
    }
    setTimeout(tell, tellEveryMs).unref()
  }
}
