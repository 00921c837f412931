import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FollowedLog } from '../../src/gateway/access/log-view.ts'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { text } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import { isStopped } from '../../src/session/session.ts'
import type { LogLine } from '../../src/session-log/record.ts'
import { clientGone } from '../client-gone.ts'
import { retryField } from '../events/stream.ts'
import { withHeartbeats } from './log-heartbeats.ts'
import * as schema from './schema.ts'

/** The format of a line, by media type. */
const formats: Record<string, (line: LogLine) => string> = {
  'text/plain': ({ line }) => `${line}\n`,
  'application/x-ndjson': line => `${JSON.stringify(line)}\n`,
  'text/event-stream': line => `id: ${line.seq}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`
}

/** A comment of server-sent events: it shows that the connection lives. */
const heartbeat = ': \n\n'

/** What an answer consists of. */
interface LogText {
  readonly type: string
  readonly begin: string
  /** Undefined stands for a heartbeat. */
  readonly pieces: AsyncGenerator<LogLine[] | undefined>
  readonly end: string
  /** After the last piece: is that all there will ever be? Else the answer does not end, and the connection does. */
  readonly isComplete: () => boolean
}

const endMessage = '{"type":"end","state":"stopped"}'

/** The last message of a followed log: the session is stopped, and that was all. Text has room for none. */
const endMarks: Readonly<Record<string, string>> = {
  'application/x-ndjson': `${endMessage}\n`,
  'text/event-stream': `event: end\ndata: ${endMessage}\n\n`
}

/** How long a client can take to read the rest of a log when the gateway closes, in milliseconds. */
const lastLinesMs = 1_000

/** `/sessions/{id}/logs`: what a session wrote, and writes. */
const logs: FastifyPluginAsyncTypebox = async fastify => {
  const open = new Set<ServerResponse>()
  // Runs after the gateway's hook, which ends followed logs. A server closes only idle connections, and a client that does
  // not read must not delay the shutdown.
  fastify.addHook('preClose', async () => {
    const over = new AbortController()
    const ended = Promise.all(Array.from(open, response => once(response, 'close')))
    await Promise.race([ended, delay(lastLinesMs, undefined, { signal: over.signal }).catch(() => {})])
    over.abort()
    for (const response of open) response.destroy()
  })

  fastify.addHook('preValidation', async ({ params }) => schema.requireSessionId(params))

  fastify.get(
    '/:id/logs',
    {
      schema: {
        operationId: 'readLogs',
        summary: 'Read what a session wrote',
        description:
          'Lines of stdout and stderr, oldest first: as text, with `Accept: application/x-ndjson` one JSON object a line, or as `text/event-stream`. With `follow` the answer goes on until the session is stopped; after a break it goes on after the `seq` in `after` or `Last-Event-ID`. A followed log ends when the session is stopped: over `text/event-stream` with the event `end`, as NDJSON with the line `{"type":"end","state":"stopped"}`. If the gateway ends it before, the connection is broken off, and the log can be resumed.',
        tags: ['streams'],
        params: schema.SessionParams,
        querystring: schema.LogsQuery,
        response: {
          200: text(
            'The lines, each a `LogLine` where it is not plain text, and at the end of a followed log a `LogEnd`.',
            Object.keys(formats),
            'LogMessage'
          ),
          204: { description: 'The session is stopped, and the client that resumes has all its lines.', type: 'null' }
        },
        ...failsWith('session-not-found', 'storage-unavailable')
      }
    },
    async (request, reply) => {
      const { params, query, view } = request
      const { tail, stream, follow, heartbeatMs } = query
      const after = resumption(request)
      // Before the first await, so that a client that disconnects meanwhile is noticed.
      const gone = clientGone(request, reply)
      open.add(reply.raw)
      gone.addEventListener('abort', () => open.delete(reply.raw))
      const log = view.log(params.id)
      const type = String(request.accepts().type(Object.keys(formats)) || 'text/plain')
      const asked = { tail, after, stream }
      const text = follow
        ? followedText(type, await log.follow(asked, gone), heartbeatMs)
        : { type, begin: '', pieces: await log.read(asked), end: '', isComplete: () => true }
      const isResumed = type === 'text/event-stream' && after !== undefined
      if (isResumed && isStopped(view.session(params.id))) return await sendRest(reply, text, gone)
      return send(reply, text, gone)
    }
  )
}

export default logs

/** Over server-sent events a client that has got no line yet resumes from the `id` at the begin. */
function followedText(type: string, { after, pieces, isComplete }: FollowedLog, heartbeatMs: number): LogText {
  const end = endMarks[type] ?? ''
  if (type !== 'text/event-stream') return { type, begin: '', pieces, end, isComplete }
  const begin = `${retryField()}id: ${after}\n\n`
  return { type, begin, pieces: withHeartbeats(pieces, heartbeatMs), end, isComplete }
}

/** An EventSource reconnects after each answer, until it gets 204. */
async function sendRest(reply: FastifyReply, text: LogText, gone: AbortSignal): Promise<FastifyReply> {
  const { pieces } = text
  const { value, done } = await pieces.next()
  if (done) return reply.code(204).send()
  const rest = async function* () {
    yield value
    yield* pieces
  }
  return send(reply, { ...text, pieces: rest() }, gone)
}

function send(reply: FastifyReply, log: LogText, gone: AbortSignal): FastifyReply {
  const { type, begin, pieces, end, isComplete } = log
  const format = formats[type] as (line: LogLine) => string
  const text = async function* () {
    if (begin) yield begin
    for await (const piece of pieces) {
      if (gone.aborted) break
      yield piece?.map(format).join('') ?? heartbeat
    }
    if (!isComplete()) await breakOff(reply.raw)
    else if (end) yield end
  }
  return (
    reply
      .type(type === 'text/plain' ? 'text/plain; charset=utf-8' : type)
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      // A piece is asked for when the one before is being written.
      .send(Readable.from(text(), { objectMode: false, highWaterMark: 1 }))
  )
}

/** Ends the connection after what was written, but not the answer, so that a reader of text, too, sees that it is not whole. */
async function breakOff(response: ServerResponse): Promise<void> {
  if (response.destroyed) return
  await nextTurn()
  const closed = once(response, 'close')
  if (response.socket) response.socket.destroySoon()
  else response.destroy()
  await closed
}

function resumption({ headers, query }: FastifyRequest): number | undefined {
  const header = headers['last-event-id']
  if (header === undefined || header === '') return (query as schema.LogsQuery).after
  if (/^[0-9]{1,15}$/.test(String(header))) return Number(header)
  throw new InvalidRequest([{ pointer: '/headers/last-event-id', detail: 'is not the seq of a line' }])
}
