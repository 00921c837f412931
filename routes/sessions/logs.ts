import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readLogTail } from '../../src/session-log/reader.ts'
import type { StateFolder } from '../../src/state-folder.ts'
import { failures } from '../failures.ts'
import * as schema from './schema.ts'

const tailOfFailure = 20

/** The last lines a session wrote, as text. */
export async function logTail(folder: StateFolder, sessionId: number): Promise<string[]> {
  const lines = await readLogTail(join(folder.logs, String(sessionId)), { tail: tailOfFailure })
  return lines.map(({ line }) => line)
}

/** `/sessions/{id}/logs`: what a session wrote. */
const logs: FastifyPluginAsyncTypebox = async fastify => {
  const { registry, stateFolder } = fastify

  fastify.get(
    '/:id/logs',
    {
      schema: {
        operationId: 'readLogs',
        summary: 'Read what a session wrote',
        description:
          'The newest lines of stdout and stderr, oldest first: as text, or with `Accept: application/x-ndjson` one JSON object a line.',
        tags: ['sessions'],
        params: schema.SessionParams,
        querystring: schema.LogsQuery,
        response: {
          200: {
            description: 'The lines.',
            content: {
              'text/plain': { schema: { type: 'string' } },
              'application/x-ndjson': { schema: { type: 'string' } }
            }
          },
          ...failures(400, 403, 404, 421, 500, 503)
        }
      }
    },
    async (request, reply) => {
      const { id } = registry.get(request.params.id)
      const { tail, stream } = request.query
      const lines = await readLogTail(join(stateFolder.logs, String(id)), { tail, ...(stream && { stream }) })
      const isJson = request.accepts().type(['text/plain', 'application/x-ndjson']) === 'application/x-ndjson'
      reply.type(isJson ? 'application/x-ndjson' : 'text/plain; charset=utf-8')
      return reply.send(Readable.from(lines.map(line => `${isJson ? JSON.stringify(line) : line.line}\n`)))
    }
  )
}

export default logs
