import type { StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { Session } from '../../session/session.ts'
import type { Registration } from '../store/records.ts'

/** A session in memory, possibly ahead of the store. */
export class Entry implements Registration {
  session: Session
  readonly key: string
  leader: Registration['leader']
  stopOrder: Registration['stopOrder']
  queuedEnv: Registration['queuedEnv']
  readonly queuedParams: Registration['queuedParams']
  /** As of its last event. */
  toldLabels: Session['labels']
  /** The state of the session in the store. */
  durable: Session | undefined

  constructor({ session, key, leader, stopOrder, queuedEnv, queuedParams }: Registration) {
    this.session = session
    this.toldLabels = session.labels
    this.key = key
    this.leader = leader
    this.stopOrder = stopOrder
    this.queuedEnv = queuedEnv
    this.queuedParams = queuedParams
  }

  /** Can a supervisor have been told of the session? */
  get mayRun(): boolean {
    return this.durable !== undefined && this.durable.state !== 'queued'
  }

  /** Takes a request to stop. Returns the order if it is new; undefined if the one before it covers it. */
  order(request: StopRequest, force: boolean): StopOrder | undefined {
    const before = this.stopOrder
    // The first request is kept, and a stop that was forced stays forced.
    if (before && (before.force || !force)) return undefined
    this.stopOrder = { request: before?.request ?? request, force }
    return this.stopOrder
  }
}
