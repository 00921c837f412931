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

export const bodyOfPage = ofSuccess(({ items, ...cursors }: SessionPage) => {
  return `{"items":[${items.join(',')}],${JSON.stringify(cursors).slice(1)}\n`
})
