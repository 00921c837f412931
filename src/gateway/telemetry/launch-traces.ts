import type { Fact } from '../../protocol/fact.ts'
import { isStopped, type Session, type Stop, type StopCause, type StopReason } from '../../session/session.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import type { RecordedEvent } from '../store/records.ts'
import { LaunchTrace } from './launch-trace.ts'

/** A launch that ended before it was ready for one of these reasons was ended on request. */
const asked = new Set<StopReason>(['terminated', 'gatewayStopped'])

/** The traces of launches, from the request until the app is ready or has ended. */
export class LaunchTraces {
  /** The launches that are under way. */
  readonly #launching = new Map<number, LaunchTrace>()
  /** Of the sessions that are not stopped. */
  readonly #traceIds = new Map<number, string>()

  /** To be made after those who send the events to clients. */
  constructor(sessions: Pick<DurableSessions, 'subscribe'>) {
    sessions.subscribe((event, session) => this.#published(event, session))
  }

  /** Traces a launch, which reports its progress. */
  async trace<T>(appId: string, launch: (trace: LaunchTrace) => Promise<T>): Promise<T> {
    const trace = new LaunchTrace(appId)
    try {
      return await launch(trace)
    } catch (error) {
      trace.refused(error)
      throw error
    }
  }

  /** The session of a launch is durable, and clients have got its first event. */
  committed(trace: LaunchTrace, { id, state }: Session): void {
    trace.set({ 'weft.session.id': id })
    trace.published('Launched')
    trace.begin(state === 'queued' ? 'queue' : 'spawn')
    this.#launching.set(id, trace)
    if (trace.traceId) this.#traceIds.set(id, trace.traceId)
  }

  /** The launch of a session, while it is under way. */
  of(sessionId: number): LaunchTrace | undefined {
    return this.#launching.get(sessionId)
  }

  /** The trace that launched a session; undefined if it is not recorded. */
  traceIdOf(sessionId: number): string | undefined {
    return this.#traceIds.get(sessionId)
  }

  /** A fact of the supervisor, which need not be an event. */
  reported({ input }: Fact, session: Session | undefined): void {
    const trace = session && this.#launching.get(session.id)
    if (input.type !== 'spawned' || trace?.step !== 'spawn') return
    trace.set({ 'process.pid': input.pid })
    trace.begin('ready', input.time)
  }

  #published(event: RecordedEvent, session: Session): void {
    if (event.type === 'Updated') return
    const trace = this.#launching.get(session.id)
    if (trace) this.#advance(trace, event, session)
    if (!isStopped(session)) return
    // Subscribers after this one still ask for it.
    queueMicrotask(() => this.#traceIds.delete(session.id))
  }

  #advance(trace: LaunchTrace, { type, seq }: RecordedEvent, session: Session): void {
    switch (session.state) {
      case 'queued':
        break
      case 'starting':
        trace.published(type, { at: session.startedAt ?? session.createdAt, seq })
        trace.begin('spawn')
        break
      case 'running':
        trace.published(type, { at: session.readyAt, seq })
        this.#end(trace, session)
        break
      case 'restarting':
        break
      case 'stopping':
        failFor(trace, session.stopping)
        trace.published(type, { at: session.stopping.since, seq })
        trace.begin('stop')
        break
      case 'stopped':
        trace.set(attributesOf(session.stop))
        if (trace.step !== 'stop') failFor(trace, session.stop)
        trace.published(type, { at: session.stoppedAt, seq })
        this.#end(trace, session)
        break
      default:
        session satisfies never
    }
  }

  #end(trace: LaunchTrace, { id }: Session): void {
    trace.end()
    this.#launching.delete(id)
  }
}

function failFor(trace: LaunchTrace, { reason: type, message }: StopCause & Pick<Stop, 'message'>): void {
  if (!asked.has(type)) trace.fail({ type, message })
}

function attributesOf({ reason, exitCode }: Stop) {
  return { 'weft.stop.reason': reason, ...(exitCode !== undefined && { 'process.exit.code': exitCode }) }
}
