import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { SessionPatch } from '../../src/gateway/access/view.ts'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import { leadsTo } from '../../src/http/links.ts'
import { bodyOfSession } from './body.ts'
import * as schema from './schema.ts'

/** `PATCH /sessions/{id}` and `POST /sessions/{id}/renew`. */
const change: FastifyPluginAsyncTypebox = async fastify => {
  fastify.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    fastify.getDefaultJsonParser('error', 'error')
  )
  fastify.addHook('preValidation', ({ params }, _reply, done) => {
    schema.requireSessionId(params)
    done()
  })

  fastify.patch<{ Body: SessionPatch; Params: { id: number } }>(
    '/:id',
    {
      config: { scope: 'launch' },
      serializerCompiler: bodyOfSession,
      schema: {
        operationId: 'updateSession',
        summary: 'Change labels or lifetime',
        description:
          'A JSON merge patch: what is not given stays, and `null` removes a label, all labels, or the lifetime. While the session is stopping, labels only.',
        tags: ['sessions'],
        params: schema.SessionParams,
        body: { $ref: 'SessionPatch#' },
        response: { 200: answer('Session', 'The session, changed.') },
        ...leadsTo('getSession', 'stopSession'),
        ...failsWith(
          'session-not-found',
          'session-ended',
          'payload-too-large',
          'unsupported-media-type',
          'supervisor-unavailable',
          'storage-unavailable'
        )
      }
    },
    async ({ params, body, view }) => await view.update(params.id, body)
  )

  fastify.post(
    '/:id/renew',
    {
      config: { scope: 'launch' },
      serializerCompiler: bodyOfSession,
      schema: {
        operationId: 'renewSession',
        summary: 'Renew a lease',
        description: 'The lease of the session begins anew. A session without a lease stays as it is.',
        tags: ['sessions'],
        params: schema.SessionParams,
        response: { 200: answer('Session', 'The session, which expires later.') },
        ...leadsTo('getSession', 'stopSession'),
        ...failsWith('session-not-found', 'session-ended', 'storage-unavailable')
      }
    },
    async ({ params, view }) => await view.renew(params.id)
  )
}

export default change
