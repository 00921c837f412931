import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import * as schema from './schema.ts'

/** `/sessions/{id}/log-lines`: what a session wrote, as pages of JSON. */
const logLines: FastifyPluginAsyncTypebox = async fastify => {
  fastify.addHook('preValidation', async ({ params }) => schema.requireSessionId(params))

  fastify.get(
    '/:id/log-lines',
    {
      config: { ignoresAccept: true },
      schema: {
        operationId: 'listLogLines',
        summary: 'Read what a session wrote',
        description:
          'Lines of stdout and stderr, oldest first: the newest of them, or those `before` or `after` a `seq`. A page can be shorter than `limit` if the lines are long.',
        tags: ['sessions'],
        params: schema.SessionParams,
        querystring: schema.LogLinesQuery,
        response: { 200: answer('LogLinePage', 'A page of lines.') },
        ...failsWith('session-not-found')
      }
    },
    async ({ params, query, view }) => {
      const { tail, before, after, stream, q: text, limit } = query
      if (before !== undefined && after !== undefined) {
        throw new InvalidRequest([{ pointer: '/query/before', detail: 'is given besides after' }])
      }
      const isTail = before === undefined && after === undefined
      const log = view.log(params.id)
      return await log.page({ before, after, stream, text, limit: isTail ? Math.min(tail, limit) : limit })
    }
  )
}

export default logLines
