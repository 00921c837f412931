import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../../src/gateway/access/principal.ts'
import { CursorExpired, InvalidRequest } from '../../src/gateway/errors.ts'
import type { EventStream } from '../../src/gateway/feed/feed.ts'
import { readHistory } from '../../src/gateway/feed/history.ts'
import { type Cursor, cursorPattern, formatCursor, parseCursor } from '../../src/gateway/store/cursor.ts'
import type { EventFilter } from '../../src/gateway/store/event-log.ts'
import { textOf } from '../../src/http/answers.ts'
import { failures } from '../../src/http/failures.ts'
import { linkToNext, nextLink } from '../next-page.ts'
import * as schema from './schema.ts'
import { type ClientSink, ndjson, type StreamFormat, sse, streamSink } from './stream.ts'
import { webSocketSink } from './websocket.ts'

type EventsRequest = FastifyRequest<{ Querystring: schema.EventsQuery }>

/** `/events`: what happens to sessions, as it happens or as history, in the form the client accepts. */
const events: FastifyPluginAsyncTypebox = async fastify => {
  const { feed, store } = fastify.gateway

  fastify.route<{ Querystring: schema.EventsQuery }>({
    method: 'GET',
    url: '/',
    // Clients come and go as they like.
    logLevel: 'warn',
    schema: {
      operationId: 'streamEvents',
      summary: 'Follow or read events',
      description:
        'A stream as WebSocket, `text/event-stream` or `application/x-ndjson` (also for `*/*`), which begins with `Hello`, then has what was missed since `since` or a `Snapshot`, then goes on live; a cursor that can’t be resumed from gets `Gap` and a `Snapshot`. Or, as `application/json`, one page of history.',
      tags: ['events'],
      querystring: schema.EventsQuery,
      headers: {
        type: 'object',
        properties: {
          'last-event-id': {
            type: 'string',
            pattern: `^$|${cursorPattern}`,
            description: 'Like `since`, and wins over it.'
          }
        }
      },
      response: {
        200: {
          description: 'A page of history, or a stream of messages; what each is, is in asyncapi.yaml.',
          headers: { Link: { ...nextLink, description: `Of \`application/json\`. ${nextLink.description}` } },
          content: {
            'application/json': { schema: { $ref: 'EventPage#' } },
            'application/x-ndjson': { schema: textOf('Message') },
            'text/event-stream': { schema: textOf('Message') }
          }
        },
        ...failures('cursor-expired', 'storage-unavailable')
      }
    },
    handler: async (request, reply) => {
      switch (request.accepts().type(['application/x-ndjson', 'text/event-stream', 'application/json'])) {
        case 'application/json':
          return await sendHistory(request, reply)
        case 'text/event-stream':
          return stream(request, reply, sse)
        default:
          return stream(request, reply, ndjson)
      }
    },
    wsHandler: (socket, request) => {
      serve(request.principal, { sink: webSocketSink(socket), ...streamOf(request as EventsRequest) })
    }
  })

  function stream(request: EventsRequest, reply: FastifyReply, format: StreamFormat): FastifyReply {
    const asked = streamOf(request)
    // HEAD follows nothing.
    if (request.method === 'HEAD') return reply.type(format.contentType).send(Readable.from([]))
    serve(request.principal, { sink: streamSink(reply, format), ...asked })
    return reply
  }

  function serve(principal: Principal, stream: EventStream & { readonly sink: ClientSink }): void {
    const { sink } = stream
    sink.closed.addEventListener(
      'abort',
      principal.onRevoked(() => sink.revoke())
    )
    void feed.serve(stream)
  }

  async function sendHistory(request: EventsRequest, reply: FastifyReply): Promise<FastifyReply> {
    const since = sinceOf(request)
    if (since && !feed.canResume(since)) throw new CursorExpired(formatCursor(since.epoch, since.seq))
    const { limit } = request.query
    const { events, seq } = await readHistory(store, { seq: since?.seq, filter: filterOf(request), limit })
    const cursor = JSON.stringify(formatCursor(store.epoch, seq))
    if (seq < store.head) reply.header('link', linkToNext(request, 'since', formatCursor(store.epoch, seq)))
    const items = events.map(({ json }) => json).join(',')
    return reply
      .type('application/json')
      .header('cache-control', 'no-store')
      .send(`{"items":[${items}],"cursor":${cursor}}\n`)
  }
}

export default events

function streamOf(request: EventsRequest): Omit<EventStream, 'sink'> {
  return { filter: filterOf(request), since: sinceOf(request), heartbeatMs: request.query.heartbeatMs }
}

function filterOf({ query, view }: EventsRequest): EventFilter {
  const { type: types, sessionId: sessionIds, appId: appIds, label: labels } = query
  return view.events({ types, sessionIds, appIds, labels })
}

function sinceOf({ headers, query }: FastifyRequest): Cursor | undefined {
  const header = headers['last-event-id']
  const text = header ?? (query as schema.EventsQuery).since
  if (text === undefined || text === '') return undefined
  const cursor = parseCursor(String(text))
  if (cursor) return cursor
  const pointer = header === undefined ? '/query/since' : '/headers/last-event-id'
  throw new InvalidRequest([{ pointer, detail: 'is no cursor' }])
}
