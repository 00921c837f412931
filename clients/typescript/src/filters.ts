import type { EventType, SessionState, StopReason } from './names.ts'

/** Of which sessions: all that match each of the given members. */
export interface SessionFilter {
  /** Of one of these apps. */
  readonly appIds?: readonly string[] | undefined
  /** With all of these labels. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Which sessions of a list. */
export interface ListFilter extends SessionFilter {
  /** In one of these states. */
  readonly states?: readonly SessionState[] | undefined
  /** Stopped for one of these reasons. */
  readonly reasons?: readonly StopReason[] | undefined
  /** Not stopped before this time (RFC 3339). */
  readonly from?: string | undefined
  /** Launched until this time (RFC 3339). */
  readonly to?: string | undefined
}

/** Which events, of the past and of now. */
export interface EventFilter extends SessionFilter {
  /** Of one of these types. */
  readonly types?: readonly EventType[] | undefined
  /** Of one of these sessions. */
  readonly sessionIds?: readonly number[] | undefined
}

export const listFilterNames = ['states', 'reasons', 'from', 'to', 'appIds', 'labels']
export const eventFilterNames = ['types', 'sessionIds', 'appIds', 'labels']

/** The parameters of the contract for a filter. */
export function filterQuery(filter: ListFilter & EventFilter): object {
  const { states, reasons, from, to, types, sessionIds, appIds, labels = {} } = filter
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return { state: states, reason: reasons, from, to, eventType: types, sessionId: sessionIds, appId: appIds, label }
}
