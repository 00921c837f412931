import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { failures } from '../failures.ts'
import * as schema from './schema.ts'

/** `/apps`: the catalogue. */
const apps: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/',
    {
      schema: {
        operationId: 'listApps',
        summary: 'List the catalogue',
        tags: ['apps'],
        response: { 200: { description: 'All apps.', $ref: 'AppList#' }, ...failures(400, 403, 421, 500) }
      }
    },
    async () => ({ items: fastify.catalogue.apps })
  )

  fastify.get(
    '/:id',
    {
      schema: {
        operationId: 'getApp',
        summary: 'Read an entry of the catalogue',
        tags: ['apps'],
        params: schema.AppParams,
        response: { 200: { description: 'The app.', $ref: 'App#' }, ...failures(400, 403, 404, 421, 500) }
      }
    },
    async ({ params }) => fastify.catalogue.get(params.id)
  )
}

export default apps
