import type { Session } from './session.ts'

/** Sessions are immutable: a changed one is another object. */
const texts = new WeakMap<Session, string>()

/** The JSON of a session, made once: it is stored, answered, and part of events and snapshots. */
export function sessionJson(session: Session): string {
  const known = texts.get(session)
  if (known !== undefined) return known
  const json = JSON.stringify(session)
  texts.set(session, json)
  return json
}

/** The session that this JSON was made of. */
export function parseSession(json: string): Session {
  const session: Session = JSON.parse(json)
  texts.set(session, json)
  return session
}
