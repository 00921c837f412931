import type { SentSignal, Stop } from '../session/session.ts'

/** How many pids of a signal are kept: a tree can have any number of processes. */
const maxPids = 32

interface Sent {
  readonly at: string
  readonly pids: Set<number>
}

/** Records which signals the processes of a tree got. */
export class SentSignals {
  readonly #sent = new Map<NodeJS.Signals, Sent>()

  /** A process that gets the same signal again counts once. */
  add(signal: NodeJS.Signals, targets: readonly { readonly pid: number }[]): void {
    const sent = this.#sent.get(signal) ?? { at: new Date().toISOString(), pids: new Set() }
    for (const { pid } of targets) sent.pids.add(pid)
    this.#sent.set(signal, sent)
  }

  /** As members of a {@link Stop}. */
  get told(): Pick<Stop, 'signalsSent' | 'signals'> {
    const signals = [...this.#sent].map(toSentSignal)
    return { signalsSent: [...this.#sent.keys()], signals }
  }
}

function toSentSignal([signal, { at, pids }]: readonly [string, Sent]): SentSignal {
  return { signal, at, count: pids.size, pids: [...pids].slice(0, maxPids) }
}
