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

export const bodyOfSession = ofSuccess((session: Session) => `${sessionJson(session)}\n`)

const pages = new WeakMap<SessionPage, string>()

export const bodyOfPage = ofSuccess((page: SessionPage) => {
  const known = pages.get(page)
  if (known !== undefined) return known
  const { items, ...cursors } = page
  const body = `{"items":[${items.join(',')}],${JSON.stringify(cursors).slice(1)}\n`
  pages.set(page, body)
  return body
})
