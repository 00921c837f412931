import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'
import * as schema from './schema.ts'

/** `/apps`: the catalogue. */
const apps: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/',
    {
      config: { revalidate: true },
      schema: {
        operationId: 'listApps',
        summary: 'List the catalogue',
        description: 'The apps that can be launched, without their commands and environments.',
        tags: ['apps'],
        response: { 200: answer('AppList', 'All apps.') }
      }
    },
    async ({ view }) => ({ items: view.apps })
  )

  fastify.get(
    '/:id',
    {
      config: { revalidate: true },
      schema: {
        operationId: 'getApp',
        summary: 'Read an entry of the catalogue',
        description: 'Without its command and its environment.',
        tags: ['apps'],
        params: schema.AppParams,
        response: { 200: answer('App', 'The app.') },
        ...failsWith('app-not-found')
      }
    },
    async ({ params, view }) => view.app(params.id)
  )
}

export default apps
