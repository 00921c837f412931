import type { FastifyServerOptions } from 'fastify'
import { destination } from 'pino'
import pretty from 'pino-pretty'
import { redactTokens } from './gateway/access/token.ts'

const maxWaitingBytes = 16 * 1_048_576

/** On stderr, so that stdout has only what a user asked for: JSON lines, or readable ones on a terminal. */
export function loggerOptions(level: string): FastifyServerOptions['logger'] {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : // Not synchronous: a reader of the log that stalls must not stall the gateway. What it does not take is dropped.
      destination({ dest: 2, sync: false, maxLength: maxWaitingBytes })
  return {
    level,
    stream,
    hooks: { streamWrite: redactTokens },
    serializers: { req: ({ method, url }) => ({ method, url }), res: ({ statusCode }) => ({ statusCode }) }
  }
}
