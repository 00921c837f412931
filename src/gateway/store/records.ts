import type { StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { ProcessIdentity } from '../../protocol/fact.ts'
import type { Session, SessionState } from '../../session/session.ts'
import type { EventType } from '../../session/transition.ts'
import type { IdempotencyKey } from './idempotency-keys.ts'

/** One event, as it is kept and as every client gets it. */
export interface RecordedEvent {
  readonly seq: number
  readonly type: EventType
  readonly sessionId: number
  readonly appId: string
  readonly labels: Session['labels']
  /** The event as JSON, made once. */
  readonly json: string
}

/** Variables that a launch gives its app. */
export type LaunchEnv = Readonly<Record<string, string>>

/** A session that is not over, with all that a gateway has to know to go on with it after a restart. */
export interface Registration {
  readonly session: Session
  /** The unique value of its `WEFT_SESSION_KEY`. */
  readonly key: string
  /** The process that was spawned for it. */
  readonly leader?: ProcessIdentity | undefined
  /** Set once somebody wants it stopped. */
  readonly stopOrder?: StopOrder | undefined
  /** Of a session that was queued, until a supervisor has told of it: the environment that its launch gave. */
  readonly queuedEnv?: LaunchEnv | undefined
}

/** Up to where the facts of which supervisor are recorded. */
export interface FactPosition {
  readonly instance?: string
  readonly acknowledged: number
  /** The last session that was registered before this supervisor was there. */
  readonly lastSessionBefore: number
}

interface ChangeOfSession {
  /** As it is after the change. */
  readonly session: Session
  /** Absent where the change is told nobody. */
  readonly event?: EventType | undefined
  /** When it happened, in epoch milliseconds. */
  readonly time: number
}

/** A session that is new. */
export interface Creation extends ChangeOfSession {
  readonly verb: 'create'
  /** The unique value of its `WEFT_SESSION_KEY`. */
  readonly key: string
  /** Bound to the session, where the launch has one. */
  readonly idempotencyKey?: IdempotencyKey | undefined
  /** Of a session that is queued; kept until a step forgets it. */
  readonly queuedEnv?: LaunchEnv | undefined
}

/** A step of a session that is there. */
export interface Advance extends ChangeOfSession {
  readonly verb: 'advance'
  readonly forgetsQueuedEnv: boolean
  readonly leader?: ProcessIdentity | undefined
  readonly stopRequest?: StopRequest | undefined
  /** The fact that made the step; it counts as recorded with it. */
  readonly factSeq?: number | undefined
}

export type Change = Creation | Advance

/** A change that is durable. */
export interface Committed {
  readonly session: Session
  readonly event?: RecordedEvent
}

export interface SessionQuery {
  readonly states?: readonly SessionState[] | undefined
  readonly appIds?: readonly string[] | undefined
  /** `name=value`; all of them. */
  readonly labels?: readonly string[] | undefined
  /** Only of apps that fit one of these; see `appTest`. */
  readonly appPatterns?: readonly string[] | undefined
  /** Only sessions with a higher id. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Which events somebody wants: one of each list given, and all of the labels (`name=value`). */
export interface EventFilter {
  readonly types?: readonly EventType[] | undefined
  readonly sessionIds?: readonly number[] | undefined
  readonly appIds?: readonly string[] | undefined
  readonly labels?: readonly string[] | undefined
  /** Only of apps that fit one of these; see `appTest`. */
  readonly appPatterns?: readonly string[] | undefined
}

export interface EventsQuery {
  readonly limit: number
  /** The store lets pass what it lets pass, and rarely more; `eventTest` decides. */
  readonly filter?: EventFilter
}

export interface EventsPage {
  readonly events: readonly RecordedEvent[]
  /** Up to where the log was read for them. */
  readonly seq: number
}

/** What is older, or beyond the newest `keep`, goes. */
export interface PruneBounds {
  /** Epoch milliseconds. */
  readonly before: number
  readonly keep: number
}
