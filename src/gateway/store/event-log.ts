import type { StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { ProcessIdentity } from '../../protocol/fact.ts'
import type { Session, SessionState } from '../../session/session.ts'
import type { EventType } from '../../session/transition.ts'
import type { LaunchKey, LaunchKeys } from './launch-keys.ts'

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

/** One change, all of which is durable or none. */
export interface Change {
  readonly session: Session
  readonly event?: EventType
  /** When it happened, in epoch milliseconds. */
  readonly time: number
  /** With the first change of a session. */
  readonly key?: string
  /** Likewise, where the launch has one: it is bound to the session. */
  readonly launchKey?: LaunchKey
  /** Likewise, where the session is queued: kept until it is to be forgotten, or the session is stopped. */
  readonly queuedEnv?: LaunchEnv
  readonly forgetsQueuedEnv?: true
  readonly leader?: ProcessIdentity
  readonly stopRequest?: StopRequest
  /** The fact that made the change. */
  readonly factSeq?: number
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

/** Durable sessions and events. Every method may throw {@link StorageUnavailable}. */
export interface EventLog {
  /** Names this log as its clients know it: another state folder has another one, and so has one that lost something. */
  readonly epoch: string
  /** Why the epoch is new since this start; undefined where it is not. */
  readonly newEpochBecause: string | undefined
  /** The `seq` of the newest event, 0 before the first. */
  readonly head: number
  /** The `seq` of the oldest event kept; `head + 1` where there is none. */
  readonly tail: number
  /** The id for the next session. */
  readonly nextSessionId: number
  readonly position: FactPosition
  readonly launchKeys: LaunchKeys

  /** The last time, in epoch milliseconds, that was known before this run: that of {@link keepTime}, or of an event. */
  readonly lastTime: number | undefined
  keepTime(time: number): void

  commit(change: Change): RecordedEvent | undefined
  /** A new supervisor counts its facts from 1. Forgets the environments of the sessions that may have been passed on to the one before. */
  beginInstance(instance: string): void

  live(): Registration[]
  find(id: number): Session | undefined
  /** The unique key of a session. */
  keyOf(id: number): string | undefined
  list(query: SessionQuery): Session[]
  /** At most `limit` events after `seq`, oldest first: a bounded piece of work, so that there may be more. */
  eventsAfter(seq: number, query: EventsQuery): EventsPage
  /** Removes old events, the oldest first, a bounded number at a time. Returns how many. */
  pruneEvents(bounds: PruneBounds): number
  /** Removes old stopped sessions, likewise. Returns their ids. */
  pruneSessions(bounds: PruneBounds): number[]
  /** Would a launch and a list succeed? */
  isUsable(): boolean
  close(): void
}
