import type { FastifySerializerCompiler } from 'fastify'
import type { SessionPage } from '../../src/gateway/access/view.ts'
import { toJson } from '../../src/http/json.ts'
import type { Session } from '../../src/session/session.ts'
import { sessionJson } from '../../src/session/session-json.ts'

/** The bodies of answers are made of the texts of sessions; errors have other bodies. */
const ofSuccess =
  (body: (value: never) => string): FastifySerializerCompiler<unknown> =>
  ({ httpStatus }) =>
    httpStatus?.startsWith('2') ? value => body(value as never) : toJson

/** Made once, so that the text is the same object, by which its tag is found. */
const sessions = new WeakMap<Session, string>()

export const bodyOfSession = ofSuccess((session: Session) => {
  const known = sessions.get(session)
  if (known !== undefined) return known
  const body = `${sessionJson(session)}\n`
  sessions.set(session, body)
  return body
})

const pages = new WeakMap<SessionPage, string>()

export const bodyOfPage = ofSuccess((page: SessionPage) => {
  const known = pages.get(page)
  if (known !== undefined) return known
  const { items, ...cursors } = page
  const body = `{"items":[${items.join(',')}],${JSON.stringify(cursors).slice(1)}\n`
  pages.set(page, body)
  return body
})
