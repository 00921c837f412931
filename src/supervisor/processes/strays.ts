import type { Owners } from './owners.ts'
import { ownChildren, type ProcEntry, readCommand, readProcess } from './proc.ts'
import type { ProcessTree } from './process-host.ts'
import { sendToChild } from './signals.ts'

/** In so many looks a process without owner is seen before it is killed, unless it is seen to be stopped sooner. */
const maxSights = 5
/** So long it keeps trees waiting that may be its own. */
const maxWaitMs = 1_000
/** So often the children are listed in one look because some died meanwhile. */
const maxListings = 8

/** So often processes without owner are told of. */
const tellEveryMs = 1_000

export interface StraysOptions<T extends ProcessTree> {
  readonly owners: Owners<T>
  /** Whether a pid is of a child that this process started. */
  readonly isLeader: (pid: number) => boolean
  /** Called when a stray is found, in the same turn. */
  readonly adopted: (stray: ProcEntry, tree: T) => void
  readonly notice: (message: string) => void
}

interface Unowned {
  readonly startTime: number
  readonly seenAtMs: number
  sights: number
}

/**
 * The children of a subreaper that it did not start: what daemonized, and what a dead parent left behind. Each is looked
 * up once: until it is reaped here its pid can't be anybody else's. A process with no owner is some app's that covered
 * its tracks, since nobody else has children here: it is stopped, looked at again, and killed.
 */
export class Strays<T extends ProcessTree> {
  readonly #options: StraysOptions<T>
  readonly #ownerOf = new Map<number, T>()
  readonly #of = new Map<T, Map<number, ProcEntry>>()
  readonly #unowned = new Map<number, Unowned>()
  #isUnsure = false
  /** How many processes without owner were killed and not told of. */
  #untold = 0

  constructor(options: StraysOptions<T>) {
    this.#options = options
  }

  of(tree: T): readonly ProcEntry[] {
    return [...(this.#of.get(tree)?.values() ?? [])]
  }

  has(pid: number): boolean {
    return this.#ownerOf.has(pid)
  }

  /** Whether one that is not known to be of this tree may turn out to be. */
  mayHide(tree: T): boolean {
    const now = performance.now()
    const isCandidate = ({ startTime, seenAtMs }: Unowned) => startTime >= tree.startTime && now - seenAtMs < maxWaitMs
    return this.#isUnsure || [...this.#unowned.values()].some(isCandidate)
  }

  /** Whether somebody is there whose owner is not known. */
  get hasUnowned(): boolean {
    return this.#isUnsure || this.#unowned.size > 0
  }

  /** Finds the strays that came since the last look. */
  look(): void {
    const seen = new Set<number>()
    let dead: readonly number[] = []
    for (let listings = 0; listings < maxListings; listings++) {
      const before = dead
      dead = ownChildren().filter(pid => this.#isNew(pid) && !seen.has(pid) && !this.#examine(pid, seen))
      // What died after the children were listed may have left a child that was not ours then.
      this.#isUnsure = !dead.every(pid => before.includes(pid))
      if (!this.#isUnsure) return
    }
  }

  /** A child was reaped. Returns whose it was. */
  forget(pid: number): T | undefined {
    this.#unowned.delete(pid)
    const tree = this.#ownerOf.get(pid)
    this.#ownerOf.delete(pid)
    if (tree) this.#of.get(tree)?.delete(pid)
    return tree
  }

  release(tree: T): void {
    this.#of.delete(tree)
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
    const strays = this.#of.get(tree) ?? new Map<number, ProcEntry>()
    this.#of.set(tree, strays.set(entry.pid, entry))
    this.#ownerOf.set(entry.pid, tree)
    if (this.#unowned.delete(entry.pid)) sendToChild(entry.pid, 'SIGCONT')
    this.#options.adopted(entry, tree)
  }

  /** In the moment of an exec there is no environment to read. A process that is stopped is past that. */
  #suspect({ pid, startTime, isStopped }: ProcEntry): void {
    const unowned = this.#unowned.get(pid) ?? { startTime, seenAtMs: performance.now(), sights: 0 }
    this.#unowned.set(pid, unowned)
    unowned.sights++
    if (unowned.sights === 1) return void sendToChild(pid, 'SIGSTOP')
    if (unowned.sights > maxSights || (unowned.sights < maxSights && !isStopped)) return
    unowned.sights = maxSights
    this.#tell(`${readCommand(pid)} (pid ${pid})`)
    sendToChild(pid, 'SIGKILL')
  }

  /** At most once a second: an app may make such processes without end. */
  #tell(process: string): void {
    this.#untold++
    if (this.#untold > 1) return
    const tell = () => {
      const count = this.#untold - 1
      this.#untold = 0
      const others = count > 0 ? `, and ${count} others within a second` : ''
      this.#options.notice(`ended a process that belongs to no session: ${process}${others}`)
    }
    setTimeout(tell, tellEveryMs).unref()
  }
}
