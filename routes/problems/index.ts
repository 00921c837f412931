import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type ErrorCode, errorCodes, NotFound } from '../../src/gateway/errors.ts'
import { text } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import { problems } from '../../src/http/problems.ts'

const Params = Type.Object({
  code: Type.String({ description: 'The `code` of a problem.', examples: ['session-not-found'] })
})

/** `/problems/{code}`: the page that the `type` of a problem leads to. */
const pages: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/:code',
    {
      config: { revalidate: true },
      schema: {
        operationId: 'getProblemType',
        summary: 'Read what an error code means',
        description: 'The `type` of every problem is the path of such a page.',
        tags: ['meta'],
        params: Params,
        response: { 200: text('The explanation, for people.', ['text/plain']) },
        ...failsWith('not-found')
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
