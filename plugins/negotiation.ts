import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { NotAcceptable } from '../src/gateway/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer has one form, whatever `Accept` says. */
    readonly ignoresAccept?: boolean
  }
}

/** A client that accepts only this type is answered, too: it may want errors only. */
const problem = 'application/problem+json'

/**
 * Answers 406, before anything is done, to a client that accepts none of the media types of the route. Routes that only have
 * plain text or YAML answer whatever `Accept` says, and so do pages of events and log lines.
 */
export default fp(
  async fastify => {
    fastify.addHook('onRoute', route => {
      const types = mediaTypes(route.schema?.response)
      if (route.config?.ignoresAccept || !types.some(isNegotiated)) return
      const offers = [...types, problem].flatMap(type => [type, `${type}; charset=utf-8`])
      const negotiate: onRequestHookHandler = (request, _reply, done) => {
        const { accept } = request.headers
        const acceptsAll = accept === undefined || accept === '*/*' || request.ws
        if (!acceptsAll && request.accepts().type(offers) === false) throw new NotAcceptable(types)
        done()
      }
      route.onRequest = [route.onRequest ?? [], negotiate].flat()
    })
  },
  { name: 'negotiation', dependencies: ['@fastify/accepts'] }
)

function isNegotiated(type: string): boolean {
  return type !== 'text/plain' && type !== 'application/yaml'
}

/** The media types of the answers of success in the schema of a route. */
function mediaTypes(response: unknown): readonly string[] {
  const answers = Object.entries((response ?? {}) as Readonly<Record<string, { readonly content?: object }>>)
  return [
    ...new Set(
      answers.filter(([status]) => /^2/.test(status)).flatMap(([, answer]) => Object.keys(answer.content ?? {}))
    )
  ]
}
