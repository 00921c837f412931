import type { Advance, Change, Committed } from '../store/records.ts'

/** Makes changes durable, all of them or none, and returns the result of each. */
export type CommitAll = (changes: readonly Change[]) => Promise<readonly Committed[]>

/** The maximum number of changes in one transaction: it takes some milliseconds of the loop. */
const maxLength = 500

/** How long a change that nobody waits for can wait for others, in milliseconds. */
const maxDelayMs = 10

interface Pending {
  readonly change: Change
  /** Takes the change back in memory. */
  readonly undo: () => void
  readonly resolve: (committed: Committed | undefined) => void
  readonly reject: (error: unknown) => void
  /** A later change of the same session that includes this one. */
  includedIn?: Pending
}

/**
 * Commits the changes of one turn of the event loop in one transaction, in the order in which they were made. While a
 * commit is under way, further changes wait for the next one. See docs/decisions/0013-commit-by-turn.md.
 */
export class Committer {
  readonly #commitAll: CommitAll
  #waiting: Pending[] = []
  /** The last of the waiting changes of each session, if it has no event. */
  readonly #silent = new Map<number, Pending>()
  #isBusy = false
  #timer: NodeJS.Timeout | undefined

  constructor(commitAll: CommitAll) {
    this.#commitAll = commitAll
  }

  /**
   * Resolves when the change is durable: with undefined if a later change of its session includes it. If it can't be
   * written, all changes that wait are undone with it, since they can be based on it, before any of them rejects.
   */
  commit(change: Change, undo: () => void): Promise<Committed | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed | undefined>()
    this.#add({ change, undo, resolve, reject })
    if (canWait(change)) this.#timer ??= setTimeout(() => this.#commitSoon(), maxDelayMs)
    else this.#commitSoon()
    return promise
  }

  #add(pending: Pending): void {
    const { change } = pending
    if (change.verb === 'switchSupervisor') return void this.#waiting.push(pending)
    const { id } = change.session
    const before = this.#silent.get(id)
    this.#silent.delete(id)
    const isIncluding = before !== undefined && change.verb === 'advance'
    const added = isIncluding ? { ...pending, change: including(before.change as Advance, change) } : pending
    if (isIncluding) before.includedIn = added
    if (change.verb === 'advance' && !change.event) this.#silent.set(id, added)
    this.#waiting.push(added)
  }

  /** After the callbacks of this turn, which can make further changes. */
  #commitSoon(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isBusy) return
    this.#isBusy = true
    setImmediate(() => void this.#commit())
  }

  async #commit(): Promise<void> {
    const batch = this.#waiting.splice(0, maxLength)
    if (this.#waiting.length === 0) this.#silent.clear()
    try {
      await this.#write(batch)
    } catch (error) {
      const failed = [...batch, ...this.#waiting.splice(0)]
      this.#silent.clear()
      for (const { undo } of failed) undo()
      for (const { reject } of failed) reject(error)
    }
    this.#isBusy = false
    if (this.#waiting.length > 0) this.#commitSoon()
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    const whole = new Set(batch)
    const written = batch.filter(({ includedIn }) => !includedIn || !whole.has(includedIn))
    const committed = await this.#commitAll(written.map(({ change }) => change))
    const results = new Map(written.map((pending, index) => [pending, committed[index]]))
    for (const pending of batch) pending.resolve(results.get(pending))
  }
}

/** A fact that is no event: the supervisor keeps it meanwhile. */
function canWait(change: Change): boolean {
  return change.verb === 'advance' && !change.event && change.factSeq !== undefined
}

/** Both steps as one, of which only the later one is published. */
function including(before: Advance, after: Advance): Advance {
  return {
    ...after,
    forgetsQueuedEnv: before.forgetsQueuedEnv || after.forgetsQueuedEnv,
    leader: after.leader ?? before.leader,
    stopRequest: after.stopRequest ?? before.stopRequest,
    factSeq: after.factSeq ?? before.factSeq,
    relabels: before.relabels || after.relabels
  }
}
