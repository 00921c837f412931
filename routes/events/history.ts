import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HistoryPage } from '../../src/gateway/access/event-view.ts'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { type Cursor, parseCursor } from '../../src/gateway/store/cursor.ts'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import { leadsTo } from '../../src/http/links.ts'
import { linkToNext } from '../next-page.ts'
import { takeOldNames } from '../old-names.ts'
import * as schema from './schema.ts'

/** `/events/history`: what happened to sessions, as pages of JSON. */
const history: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/history',
    {
      config: { ignoresAccept: true },
      schema: {
        operationId: 'listEvents',
        summary: 'Read what happened',
        description:
          'A page of events, oldest first: from the oldest one that is kept, or after `since`, or at the time `from` and later, or the last ones `before` a cursor.',
        tags: ['events'],
        querystring: schema.HistoryQuery,
        response: { 200: answer('EventPage', 'A page of events.', ['Link']) },
        ...leadsTo('listEvents'),
        ...failsWith('cursor-expired', 'storage-unavailable')
      },
      preValidation: takeOldNames({ type: 'eventType' })
    },
    async (request, reply) => {
      const { eventType: types, sessionId: sessionIds, appId: appIds, label: labels, limit } = request.query
      const { since, before, from } = startOf(request.query)
      const { events } = request.view
      const filter = { query: { types, sessionIds, appIds, labels }, limit }
      if (before)
        return sendPage(request, reply, {
          page: await events.historyBefore({ ...filter, before }),
          parameter: 'before'
        })
      const start = from === undefined ? since : events.cursorAt(from)
      return sendPage(request, reply, { page: await events.history({ ...filter, since: start }), parameter: 'since' })
    }
  )
}

export default history

/** Answers with a page; `parameter` is the one that the next page needs. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { page, parameter }: { readonly page: HistoryPage; readonly parameter: 'since' | 'before' }
): FastifyReply {
  const { items, cursor, hasMore } = page
  if (hasMore) reply.header('link', linkToNext(request, parameter, cursor, ['from']))
  return reply
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(`{"items":[${items.join(',')}],"cursor":${JSON.stringify(cursor)}}\n`)
}

interface Start {
  readonly since?: Cursor | undefined
  readonly before?: Cursor | undefined
  /** Epoch milliseconds. */
  readonly from?: number | undefined
}

/** Where the page is. @throws {InvalidRequest} if that is said in several ways, or by text that is not a cursor */
function startOf({ since, before, from }: schema.HistoryQuery): Start {
  const given = Object.entries({ since, before, from }).filter(([, value]) => value !== undefined)
  const [first, second] = given.map(([name]) => name)
  if (second) throw new InvalidRequest([{ pointer: `/query/${second}`, detail: `is given besides ${first}` }])
  return {
    since: since === undefined ? undefined : cursorOf('since', since),
    before: before === undefined ? undefined : cursorOf('before', before),
    from: from === undefined ? undefined : Date.parse(from)
  }
}

function cursorOf(name: string, text: string): Cursor {
  const cursor = parseCursor(text)
  if (cursor) return cursor
  throw new InvalidRequest([{ pointer: `/query/${name}`, detail: 'is not a cursor' }])
}
