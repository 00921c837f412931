import { appTest } from '../../config/app-patterns.ts'
import type { Session } from '../../session/session.ts'
import type { EventFilter, RecordedEvent } from '../store/records.ts'

export type EventTest = (event: RecordedEvent) => boolean

/** Undefined if the filter lets everything pass. */
export function eventTest(filter: EventFilter): EventTest | undefined {
  const { types } = filter
  const ofSession = sessionTest(filter)
  if (!types && !ofSession) return undefined
  return ({ type, sessionId: id, appId, labels, labelsBefore }) =>
    (types?.includes(type) ?? true) &&
    (!ofSession ||
      ofSession({ id, appId, labels }) ||
      (labelsBefore !== undefined && ofSession({ id, appId, labels: labelsBefore })))
}

/** The same for sessions; event types do not matter here. Undefined if every session passes. */
export function sessionTest({ sessionIds, appIds, labels, appPatterns }: EventFilter): SessionTest | undefined {
  if (!sessionIds && !appIds && !labels && !appPatterns) return undefined
  const isVisible = appPatterns && appTest(appPatterns)
  return session =>
    (isVisible?.(session.appId) ?? true) &&
    (sessionIds?.includes(session.id) ?? true) &&
    (appIds?.includes(session.appId) ?? true) &&
    (labels ?? []).every(label => hasLabel(session.labels, label))
}

type SessionTest = (session: Pick<Session, 'id' | 'appId' | 'labels'>) => boolean

function hasLabel(labels: Session['labels'], label: string): boolean {
  const equals = label.indexOf('=')
  const name = label.slice(0, equals)
  return Object.hasOwn(labels, name) && labels[name] === label.slice(equals + 1)
}
