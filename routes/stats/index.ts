import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import * as schema from './schema.ts'

/** `/stats`: counts of what happened to sessions. */
const stats: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/stats',
    {
      schema: {
        operationId: 'getStats',
        summary: 'Count what happened to sessions',
        description:
          'By default in the last hour, by minute. It counts what the event log has; an answer can be some seconds old, and `/events` from its `eventCursor` has what came after.',
        tags: ['gateway'],
        querystring: schema.StatsQuery,
        response: { 200: answer('Stats', 'The counts.') },
        ...failsWith('storage-unavailable')
      }
    },
    async ({ query, view }) => {
      const { from, to, bucketMs, appId: appIds, label: labels } = query
      return await view.stats({ from: timeOf(from), to: timeOf(to), bucketMs, appIds, labels })
    }
  )
}

export default stats

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}
