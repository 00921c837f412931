import type { ProcessEntry, ProcessHost, ProcessTree } from './processes/process-host.ts'
import type { SentSignals } from './sent-signals.ts'
import type { Ladder } from './stop-ladder.ts'

/**
 * The stop signal of a tree. The group gets it at once, every process outside the group by itself, and each of them one
 * time only: many programs end without cleaning up when they get a second one. A process that starts after the signal
 * does not get it, since it can be what a handler runs to end well. With `leaderOnly` the first process alone gets it, and
 * the others once that has exited.
 */
export class StopSignal {
  readonly #tree: ProcessTree
  readonly #host: ProcessHost
  readonly #signal: NodeJS.Signals
  readonly #leaderOnly: boolean
  readonly #sent: SentSignals
  /** Processes that got it by themselves, not with the group. */
  readonly #asked = new Set<string>()
  #begunTicks = 0

  constructor(
    tree: ProcessTree,
    host: ProcessHost,
    { stopSignal, leaderOnly, sent }: Pick<Ladder, 'stopSignal' | 'leaderOnly'> & { readonly sent: SentSignals }
  ) {
    this.#tree = tree
    this.#host = host
    this.#signal = stopSignal
    this.#leaderOnly = leaderOnly ?? false
    this.#sent = sent
  }

  get hasBegun(): boolean {
    return this.#begunTicks > 0
  }

  begin(members: readonly ProcessEntry[]): void {
    if (this.#leaderOnly) {
      for (const member of members) if (member.pid === this.#tree.pid) this.#askOnce(member)
    } else {
      const inGroup = members.filter(member => this.#isInGroup(member))
      if (inGroup.length > 0) this.#askGroup(inGroup)
    }
    this.#begunTicks = this.#host.ticksNow()
    this.follow(members)
  }

  /** Sends it to those that were found since, or have left the group before they could get it. */
  follow(members: readonly ProcessEntry[]): void {
    if (this.#leaderOnly && !this.#tree.exit) return
    for (const member of members) {
      if ((this.#leaderOnly || !this.#isInGroup(member)) && member.startTime <= this.#begunTicks) this.#askOnce(member)
    }
  }

  /** The id of a group can be reused once its leader is reaped. */
  #askGroup(members: readonly ProcessEntry[]): void {
    if (this.#tree.exit) {
      for (const member of members) this.#askOnce(member)
    } else if (this.#host.signalGroup(this.#tree, this.#signal)) {
      this.#sent.add(this.#signal, members)
      this.#host.signalGroup(this.#tree, 'SIGCONT')
    }
  }

  #askOnce(member: ProcessEntry): void {
    const name = `${member.pid} ${member.startTime}`
    if (this.#asked.has(name)) return
    this.#asked.add(name)
    if (!this.#host.signal(member, this.#signal)) return
    this.#sent.add(this.#signal, [member])
    // A stopped process can't act on a signal.
    this.#host.signal(member, 'SIGCONT')
  }

  /** The leader counts until it is reaped. */
  #isInGroup({ group }: ProcessEntry): boolean {
    return group === this.#tree.pid
  }
}
