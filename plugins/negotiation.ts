import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { NotAcceptable } from '../src/gateway/errors.ts'
import { failures } from '../src/http/failures.ts'

/** Who takes only this is told of errors, and bears the rest. */
const problem = 'application/problem+json'

/** Refuses, before anything is done, who takes no form in which the answer comes. Plain text is for whoever asks. */
export default fp(
  async fastify => {
    fastify.addHook('onRoute', route => {
      const types = mediaTypes(route.schema?.response)
      if (!route.schema || !types.some(type => type !== 'text/plain' && type !== 'application/yaml')) return
      route.schema = {
        ...route.schema,
        response: { ...(route.schema.response as object), 406: failures('not-acceptable')[406] }
      }
      const offers = [...types, problem].flatMap(type => [type, `${type}; charset=utf-8`])
      const negotiate = async (request: FastifyRequest) => {
        const { accept } = request.headers
        if (accept === undefined || accept === '*/*' || request.ws) return
        if (request.accepts().type(offers) === false) throw new NotAcceptable(types)
      }
      route.onRequest = [route.onRequest ?? [], negotiate].flat()
    })
  },
  { name: 'negotiation', dependencies: ['@fastify/accepts'] }
)

/** In which the answers of success come, by the schema of a route. */
function mediaTypes(response: unknown): readonly string[] {
  const answers = Object.entries((response ?? {}) as Readonly<Record<string, { readonly content?: object }>>)
  return [
    ...new Set(
      answers.filter(([status]) => /^2/.test(status)).flatMap(([, answer]) => Object.keys(answer.content ?? {}))
    )
  ]
}
