import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ClientStream } from '../../src/gateway/access/event-view.ts'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { type Cursor, parseCursor } from '../../src/gateway/store/cursor.ts'
import { textOf } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import { lastEventIdPattern } from '../../src/http/patterns.ts'
import { takeOldNames } from '../old-names.ts'
import { sendPage } from './history.ts'
import * as schema from './schema.ts'
import { ndjson, type StreamFormat, sse, streamSink } from './stream.ts'
import { webSocketSink } from './websocket.ts'

type EventsRequest = FastifyRequest<{ Querystring: schema.EventsQuery }>

/** `/events`: what happens to sessions, as it happens or as history, in the form the client accepts. */
const events: FastifyPluginAsyncTypebox = async fastify => {
  fastify.route<{ Querystring: schema.EventsQuery }>({
    method: 'GET',
    url: '/',
    // Clients come and go as they like.
    logLevel: 'warn',
    // A stream has no end that a span could have.
    config: { otel: false },
    schema: {
      operationId: 'streamEvents',
      summary: 'Follow or read events',
      description:
        'A stream as WebSocket, `text/event-stream` or `application/x-ndjson` (also by default), which begins with `Hello`, then has what was missed since `since` or a `Snapshot`, then goes on live; a cursor that can’t be resumed from gets `Gap` and a `Snapshot`. Or, as `application/json`, one page of history.',
      tags: ['streams'],
      querystring: schema.EventsQuery,
      headers: {
        type: 'object',
        properties: {
          'last-event-id': {
            type: 'string',
            pattern: lastEventIdPattern,
            description: 'Like `since`, and wins over it.'
          }
        }
      },
      response: {
        200: {
          description: 'A page of history, or a stream of messages; what each is, is in asyncapi.yaml.',
          content: {
            'application/json': { schema: { $ref: 'EventPage#' } },
            'application/x-ndjson': { schema: textOf('Message') },
            'text/event-stream': { schema: textOf('Message') }
          }
        }
      },
      ...failsWith('cursor-expired', 'storage-unavailable')
    },
    preValidation: takeOldNames({ type: 'eventType' }),
    // Before a WebSocket is one, so that it can be refused.
    preHandler: async (request, reply) => {
      const isStream = request.ws || formatOf(request) !== undefined
      if (!isStream || request.method === 'HEAD') return
      reply.raw.once('close', request.view.openStream())
    },
    handler: async (request, reply) => {
      const format = formatOf(request)
      return format ? stream(request, reply, format) : await sendHistory(request, reply)
    },
    wsHandler: (socket, request) => {
      const connection = fastify.connections.of(request.raw.socket)
      const stalled = () => (connection ? fastify.connections.close(connection, 'stalled') : socket.terminate())
      const sink = webSocketSink(socket, { stalled })
      request.view.events.follow({ sink, ...askedOf(request as EventsRequest) })
    }
  })
}

export default events

/** Undefined for a page of history. */
function formatOf(request: FastifyRequest): StreamFormat | undefined {
  switch (request.accepts().type(['application/x-ndjson', 'text/event-stream', 'application/json'])) {
    case 'application/json':
      return undefined
    case 'text/event-stream':
      return sse
    default:
      return ndjson
  }
}

function stream(request: EventsRequest, reply: FastifyReply, format: StreamFormat): FastifyReply {
  const asked = askedOf(request)
  // HEAD follows nothing.
  if (request.method === 'HEAD') return reply.type(format.contentType).send(Readable.from([]))
  request.view.events.follow({ sink: streamSink(reply, format), ...asked })
  return reply
}

async function sendHistory(request: EventsRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { query, since } = askedOf(request)
  const page = await request.view.events.history({ query, since, limit: request.query.limit })
  return sendPage(request, reply, { page, parameter: 'since' })
}

function askedOf(request: EventsRequest): Omit<ClientStream, 'sink'> {
  const { eventType: types, sessionId: sessionIds, appId: appIds, label: labels, heartbeatMs } = request.query
  return { query: { types, sessionIds, appIds, labels }, since: sinceOf(request), heartbeatMs }
}

function sinceOf({ headers, query }: FastifyRequest): Cursor | undefined {
  const header = headers['last-event-id']
  const text = header ?? (query as schema.EventsQuery).since
  if (text === undefined || text === '') return undefined
  const cursor = parseCursor(String(text))
  if (cursor) return cursor
  const pointer = header === undefined ? '/query/since' : '/headers/last-event-id'
  throw new InvalidRequest([{ pointer, detail: 'is not a cursor' }])
}
