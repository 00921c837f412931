import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { redactTokens } from '../src/gateway/access/token.ts'
import {
  type Fault,
  GatewayError,
  InsufficientScope,
  Internal,
  InvalidRequest,
  MethodNotAllowed,
  NotFound,
  PayloadTooLarge,
  Unauthorized,
  UnsupportedMediaType
} from '../src/gateway/errors.ts'
import { toJson } from '../src/http/json.ts'
import type { MethodsOf } from '../src/http/malformed.ts'
import { patternFaults } from '../src/http/patterns.ts'
import { problems } from '../src/http/problems.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly methodsOf: MethodsOf
  }
}

/** RFC 9457: every error, those of the router and the parser included, is `application/problem+json`. */
export default fp(
  async fastify => {
    fastify.setErrorHandler((error: FastifyError, request, reply) =>
      sendProblem(translate(error, request), request, reply)
    )
    const methodsOf = routeTable(fastify)
    fastify.decorate('methodsOf', methodsOf)
    // Fastify would refuse a QUERY without a body before it looks for a route.
    fastify.addHook('preParsing', (request, _reply, _payload, done) => {
      if (!request.is404 || request.method !== 'QUERY') return done()
      const path = pathOf(request)
      throw refusalOf(request, path, methodsOf(path))
    })
    // The span of a trace has its name.
    function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
      const path = pathOf(request)
      const allowed = methodsOf(path)
      if (request.method === 'OPTIONS' && allowed.length > 0) {
        return reply.code(204).header('allow', allowed.join(', ')).send()
      }
      return sendProblem(refusalOf(request, path, allowed), request, reply)
    }
    fastify.setNotFoundHandler(notFound)
  },
  { name: 'problem-details' }
)

function refusalOf({ method }: FastifyRequest, path: string, allowed: readonly string[]): GatewayError {
  return allowed.length === 0 ? new NotFound(path) : new MethodNotAllowed(method, allowed)
}

function sendProblem(error: GatewayError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, title } = problems[error.code]
  if (error.code === 'internal') request.log.error({ err: error.cause }, 'request failed')
  else request.log.debug({ code: error.code, detail: error.message }, 'request refused')
  // Errors of the router come before the hooks.
  reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' })
  const challenge = challengeOf(error)
  if (challenge) reply.header('www-authenticate', challenge)
  if (error instanceof MethodNotAllowed) reply.header('allow', error.allow.join(', '))
  const { retryAfterMs } = error.members
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
  const problem = {
    type: `/problems/${error.code}`,
    code: error.code,
    title,
    status,
    detail: error.message,
    instance: request.url.slice(0, 1_000),
    ...error.members
  }
  return reply
    .code(status)
    .type('application/problem+json')
    .send(redactTokens(toJson(problem)))
}

/** RFC 6750, section 3. */
function challengeOf(error: GatewayError): string | undefined {
  const realm = 'Bearer realm="weft-gateway"'
  if (error instanceof Unauthorized) return error.hasToken ? `${realm}, error="invalid_token"` : realm
  if (error instanceof InsufficientScope) return `${realm}, error="insufficient_scope", scope="${error.scope}"`
  return undefined
}

function translate(error: FastifyError, request: FastifyRequest): GatewayError {
  if (error instanceof GatewayError) return error
  if (error.validation) return new InvalidRequest(error.validation.map(item => faultOf(item, error.validationContext)))
  switch (error.statusCode) {
    case 404:
      return new NotFound(request.url.slice(0, 1_000))
    case 413:
      return new PayloadTooLarge('The body is too large.')
    case 415:
      return new UnsupportedMediaType('The body must be application/json.')
    default:
      return isClientFault(error) ? new InvalidRequest([], error.message) : new Internal(error)
  }
}

function isClientFault({ statusCode = 500 }: FastifyError): boolean {
  return statusCode >= 400 && statusCode < 500
}

type ValidationItem = NonNullable<FastifyError['validation']>[number]

function faultOf({ instancePath, message = 'is not valid', params, keyword }: ValidationItem, context = 'body'): Fault {
  const part = context === 'querystring' ? 'query' : context
  const extra = params.additionalProperty ?? params.missingProperty
  const pointer = `/${part}${instancePath}${extra === undefined ? '' : `/${escapePointer(String(extra))}`}`
  if (keyword === 'additionalProperties') return { pointer, detail: 'is not known' }
  if (keyword === 'required') return { pointer, detail: 'is missing' }
  if (keyword === 'enum') return { pointer, detail: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` }
  if (keyword === 'pattern') return { pointer, detail: patternFaults[String(params.pattern)] ?? message }
  return { pointer, detail: message }
}

/** RFC 6901. */
function escapePointer(part: string): string {
  return part.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The methods of each path pattern, to tell a wrong method (405) from a wrong path (404). */
function routeTable(fastify: FastifyInstance): MethodsOf {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replace(/:[^/]+/g, '[^/]+')}/?$`)
    routes.push({ pattern, methods: [method].flat() })
  })
  return path => {
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort()
  }
}

function pathOf({ url }: FastifyRequest): string {
  return (url.split('?')[0] ?? '/').slice(0, 1_000)
}
