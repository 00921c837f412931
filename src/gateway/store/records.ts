import type { StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { ProcessIdentity } from '../../protocol/fact.ts'
import type { Session, SessionState } from '../../session/session.ts'
import type { EventType } from '../../session/transition.ts'
import type { IdempotencyKey } from './idempotency-keys.ts'

/** One event, as it is stored and sent. */
export interface RecordedEvent {
  readonly seq: number
  readonly type: EventType
  readonly sessionId: number
  readonly appId: string
  readonly labels: Session['labels']
  /** Those of the event before, if they differ: who follows those gets this event, too. */
  readonly labelsBefore?: Session['labels'] | undefined
  /** The event as JSON, made once. */
  readonly json: string
}

/** Environment variables that a client sets in a launch. */
export type LaunchEnv = Readonly<Record<string, string>>

/** As a client has set them. */
export type QueuedParams = Readonly<Record<string, unknown>>

/** A session that is not stopped, with all that the next gateway needs to continue with it. */
export interface Registration {
  readonly session: Session
  /** The unique value of its `WEFT_SESSION_KEY`. */
  readonly key: string
  /** The process that was spawned for it. */
  readonly leader?: ProcessIdentity | undefined
  /** Set once it is to be stopped. */
  readonly stopOrder?: StopOrder | undefined
  /** The environment of the launch of a queued session, until a supervisor has reported a fact of it. */
  readonly queuedEnv?: LaunchEnv | undefined
  /** The parameters that the launch of a queued session has set, likewise. */
  readonly queuedParams?: QueuedParams | undefined
}

/** A supervisor instance and the number of its last recorded fact. */
export interface FactPosition {
  readonly instance?: string
  readonly acknowledged: number
  /** The last session that was registered before this supervisor was attached. */
  readonly lastSessionBefore: number
}

interface ChangeOfSession {
  /** As it is after the change. */
  readonly session: Session
  /** Absent if the change is not published. */
  readonly event?: EventType | undefined
  /** When it happened, in epoch milliseconds. */
  readonly time: number
}

/** Creates a session. */
export interface Creation extends ChangeOfSession {
  readonly verb: 'create'
  /** The unique value of its `WEFT_SESSION_KEY`. */
  readonly key: string
  /** The idempotency key to bind to the session, if there is one. */
  readonly idempotencyKey?: IdempotencyKey | undefined
  /** For a queued session; kept until a step removes it. */
  readonly queuedEnv?: LaunchEnv | undefined
  readonly queuedParams?: QueuedParams | undefined
}

/** Advances an existing session. */
export interface Advance extends ChangeOfSession {
  readonly verb: 'advance'
  readonly forgetsQueuedEnv: boolean
  readonly leader?: ProcessIdentity | undefined
  readonly stopRequest?: StopRequest | undefined
  /** The fact that caused the step; it is recorded in the same transaction. */
  readonly factSeq?: number | undefined
  /** Does it change the labels? */
  readonly relabels?: boolean | undefined
  /** Those of the event before, if they differ. */
  readonly labelsBefore?: Session['labels'] | undefined
}

export type SessionChange = Creation | Advance

/** Facts now come from another supervisor instance, and start from 1. */
export interface SwitchOfSupervisor {
  readonly verb: 'switchSupervisor'
  readonly instance: string
  readonly lastSessionBefore: number
  /** The sessions that may have been passed on to the previous supervisor. */
  readonly forgetsQueuedEnvs: readonly number[]
}

export type Change = SessionChange | SwitchOfSupervisor

/** A change that is durable. */
export interface Committed {
  /** Absent for a change of no session. */
  readonly session?: Session
  readonly event?: RecordedEvent
}

/** A session as it is stored and answered. */
export interface SessionText {
  readonly id: number
  readonly json: string
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

/** Which events to read: one of each given list, and all of the labels (`name=value`). */
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
  /** The store can return a few events that do not pass the filter; `eventTest` is exact. */
  readonly filter?: EventFilter
}

export interface EventsPage {
  readonly events: readonly RecordedEvent[]
  /** The `seq` up to which the log was read. */
  readonly seq: number
}

/** Items that are older than `before`, or beyond the newest `keep`, are removed. */
export interface PruneBounds {
  /** Epoch milliseconds. */
  readonly before: number
  readonly keep: number
}
