import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { problems } from '../../plugins/problem-details.ts'
import { type ErrorCode, errorCodes, NotFound } from '../../src/errors.ts'
import { failures } from '../failures.ts'

const Params = Type.Object({ code: Type.String() })

/** `/problems/{code}`: what the `type` of a problem stands for. */
const pages: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/:code',
    {
      schema: {
        operationId: 'getProblemType',
        summary: 'Read what an error code means',
        tags: ['meta'],
        params: Params,
        response: {
          200: { description: 'A page for people.', content: { 'text/plain': { schema: { type: 'string' } } } },
          ...failures(400, 403, 404, 421, 500)
        }
      }
    },
    async ({ params: { code }, url }, reply) => {
      if (!isErrorCode(code)) throw new NotFound(url)
      const { status, title, meaning } = problems[code]
      return reply.type('text/plain; charset=utf-8').send(`${title} (${code}, HTTP ${status})\n\n${meaning}\n`)
    }
  )
}

export default pages

function isErrorCode(code: string): code is ErrorCode {
  return (errorCodes as readonly string[]).includes(code)
}
