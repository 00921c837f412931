import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Draining, StorageUnavailable } from '../../src/errors.ts'
import { failures } from '../failures.ts'

/** `/livez`: the process runs. `/readyz`: it can launch. */
const health: FastifyPluginAsyncTypebox = async fastify => {
  const { launcher, supervisor, eventLog } = fastify

  fastify.get(
    '/livez',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'getLiveness',
        summary: 'Does the gateway run?',
        tags: ['health'],
        response: { 200: { description: 'It does.', $ref: 'Health#' }, ...failures(403, 421, 500) }
      }
    },
    async () => ({ status: 'ok' }) as const
  )

  fastify.get(
    '/readyz',
    {
      logLevel: 'warn',
      schema: {
        operationId: 'getReadiness',
        summary: 'Can the gateway launch?',
        tags: ['health'],
        response: { 200: { description: 'It can.', $ref: 'Health#' }, ...failures(403, 421, 500, 503) }
      }
    },
    async () => {
      if (launcher.isDraining) throw new Draining()
      supervisor.requireUsable()
      if (!eventLog.isUsable()) throw new StorageUnavailable('The event log can’t be written.')
      return { status: 'ok' } as const
    }
  )
}

export default health
