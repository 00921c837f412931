import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LaunchRequest, View } from '../../src/gateway/access/view.ts'
import { LaunchFailed } from '../../src/gateway/errors.ts'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import { leadsTo } from '../../src/http/links.ts'
import type { StopRequest } from '../../src/protocol/commands.ts'
import { isStopped, type Session } from '../../src/session/session.ts'
import { clientGone } from '../client-gone.ts'
import { linkToNext } from '../next-page.ts'
import { takeOldNames } from '../old-names.ts'
import { bodyOfPage, bodyOfSession } from './body.ts'
import { attemptOf, idempotencyKeyHeader, keepAnswer, repeat } from './idempotency-key.ts'
import { refuseTwoWaits, requestedWait } from './requested-wait.ts'
import * as schema from './schema.ts'

/** Lines of the log in the problem of a failed launch. */
const tailOfFailure = 20

const byClient: StopRequest = { reason: 'terminated', initiator: 'client' }

const isRunning = (session: Session) => session.state === 'running'

/** `/sessions`: launch, list, read, wait for and stop sessions. */
const sessions: FastifyPluginAsyncTypebox = async fastify => {
  fastify.addHook('preValidation', ({ params }, _reply, done) => {
    schema.requireSessionId(params)
    done()
  })

  /** Waits as long as the client asks, but not after it has disconnected. */
  async function wait(
    request: FastifyRequest,
    reply: FastifyReply,
    session: Session,
    until: (session: Session) => boolean
  ) {
    const { timeoutMs, preference } = requestedWait(request)
    if (timeoutMs === undefined) return undefined
    if (preference) reply.header('preference-applied', preference)
    return await request.view.waitUntil(session.id, until, { timeoutMs, signal: clientGone(request, reply) })
  }

  fastify.post<{ Body: LaunchRequest }>(
    '/',
    {
      config: { scope: 'launch' },
      serializerCompiler: bodyOfSession,
      schema: {
        operationId: 'launchSession',
        summary: 'Launch an app',
        description:
          'Answers at once with the session, `starting` or `queued`. With `waitMs` the answer comes when it is running, or after that time as it is; of a job, when it has ended; if it ends before it is ready, the answer is 502 `launch-failed` once it is stopped. With an `Idempotency-Key` a launch can be sent again without launching twice.',
        tags: ['sessions'],
        headers: { type: 'object', properties: idempotencyKeyHeader },
        querystring: schema.LaunchQuery,
        body: { $ref: 'LaunchRequest#' },
        response: { 201: answer('Session', 'The session.', ['Location', 'Idempotent-Replayed']) },
        ...leadsTo('getSession', 'waitForSession', 'stopSession', 'listLogLines'),
        ...failsWith(
          'app-not-found',
          'session-not-found',
          'idempotency-in-flight',
          'payload-too-large',
          'unsupported-media-type',
          'idempotency-mismatch',
          'too-many-sessions',
          'launch-failed',
          'draining',
          'supervisor-unavailable',
          'storage-unavailable'
        )
      },
      preValidation: refuseTwoWaits,
      onSend: keepAnswer
    },
    async (request, reply) => {
      const attempt = attemptOf(request, reply)
      if (attempt?.answer) return repeat(reply, attempt.answer)
      const launched = await request.view.launch(request.body, attempt)
      reply.header('location', `/sessions/${launched.id}`)
      const isReached = request.view.isJob(launched.appId) ? isStopped : isRunning
      const awaited = await wait(request, reply, launched, isReached)
      if (awaited && isStopped(awaited) && hasFailedToStart(awaited)) throw await launchFailed(request.view, awaited)
      return reply.code(201).send(awaited ?? launched)
    }
  )

  fastify.get(
    '/',
    {
      config: { revalidate: true },
      serializerCompiler: bodyOfPage,
      schema: {
        operationId: 'listSessions',
        summary: 'List sessions',
        description:
          'In the order of their ids, the stopped ones included as long as they are kept. `from` and `to` choose those that lived at some time between.',
        tags: ['sessions'],
        querystring: schema.SessionListQuery,
        response: { 200: answer('SessionPage', 'A page of sessions.', ['Link']) },
        ...leadsTo('listSessions'),
        ...failsWith('storage-unavailable')
      }
    },
    async (request, reply) => {
      const { state: states, appId: appIds, label: labels, reason: reasons, from, to, ...rest } = request.query
      const range = { from: timeOf(from), to: timeOf(to) }
      const page = await request.view.sessions({ states, appIds, labels, reasons, ...range, ...rest })
      if (page.nextCursor) reply.header('link', linkToNext(request, 'cursor', page.nextCursor))
      return page
    }
  )

  fastify.get(
    '/:id',
    {
      config: { revalidate: true },
      serializerCompiler: bodyOfSession,
      schema: {
        operationId: 'getSession',
        summary: 'Read a session',
        description: 'Stopped ones can be read as long as they are kept. `usage` is sampled at most once a second.',
        tags: ['sessions'],
        params: schema.SessionParams,
        response: { 200: answer('Session', 'The session as it is now.') },
        ...leadsTo('waitForSession', 'stopSession', 'listLogLines'),
        ...failsWith('session-not-found', 'storage-unavailable')
      }
    },
    ({ params, view }) => view.sessionWithUsage(params.id)
  )

  fastify.get(
    '/:id/wait',
    {
      serializerCompiler: bodyOfSession,
      schema: {
        operationId: 'waitForSession',
        summary: 'Wait until a session is ready or stopped',
        description:
          'Answers when the session is in that state, when it is stopped, or at the timeout with the session as it is.',
        tags: ['sessions'],
        params: schema.SessionParams,
        querystring: schema.WaitQuery,
        response: { 200: answer('Session', 'The session as it is at the end of the wait.') },
        ...leadsTo('getSession', 'stopSession', 'listLogLines'),
        ...failsWith('session-not-found', 'storage-unavailable')
      },
      preValidation: takeOldNames({ for: 'until' })
    },
    async (request, reply) => {
      const { params, query, view } = request
      const isReached = query.until === 'ready' ? isRunning : isStopped
      return await view.waitUntil(params.id, isReached, {
        timeoutMs: query.timeoutMs,
        signal: clientGone(request, reply)
      })
    }
  )

  fastify.delete(
    '/:id',
    {
      config: { scope: 'stop' },
      serializerCompiler: bodyOfSession,
      schema: {
        operationId: 'stopSession',
        summary: 'Stop a session',
        description:
          'Stop signal, grace period, SIGKILL, until no process of its tree is left; a queued session is stopped at once. A repeated stop changes nothing, except that `force` shortens a graceful stop. With `waitMs` the answer comes once it is stopped, or after that time as it is.',
        tags: ['sessions'],
        params: schema.SessionParams,
        querystring: schema.StopQuery,
        response: {
          200: answer('Session', 'The session, which is stopped.'),
          202: answer('Session', 'The session, which is being stopped.')
        },
        ...leadsTo('getSession', 'waitForSession'),
        ...failsWith('session-not-found', 'storage-unavailable')
      },
      preValidation: refuseTwoWaits
    },
    async (request, reply) => {
      const { params, query, view } = request
      const asked = await view.terminate(params.id, byClient, { force: query.force })
      const session = (await wait(request, reply, asked, isStopped)) ?? asked
      return reply.code(isStopped(session) ? 200 : 202).send(session)
    }
  )
}

export default sessions

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}

/** A job can end well, or with an exit code of its own, without ever being ready. */
function hasFailedToStart({ readyAt, stop: { reason } }: Session & { state: 'stopped' }): boolean {
  return !readyAt && reason !== 'completed' && reason !== 'exited'
}

async function launchFailed(view: View, session: Session & { state: 'stopped' }): Promise<LaunchFailed> {
  const { message, reason } = session.stop
  return new LaunchFailed(session, message ?? reason, await view.log(session.id).tail(tailOfFailure))
}
