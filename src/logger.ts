import type { FastifyServerOptions } from 'fastify'

/** JSON lines on stderr, so that stdout has only what a user asked for. */
export function loggerOptions(level: string): FastifyServerOptions['logger'] {
  return {
    level,
    stream: process.stderr,
    serializers: { req: ({ method, url }) => ({ method, url }), res: ({ statusCode }) => ({ statusCode }) }
  }
}
