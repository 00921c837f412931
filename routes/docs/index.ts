import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync } from 'fastify'

/** All that the page needs comes from the gateway itself. */
const contentSecurityPolicy = {
  ...{ 'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self'" },
  ...{ 'img-src': "'self' data:", 'connect-src': "'self'" },
  ...{ 'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': "'none'" }
}

/** `/docs`: the contract as a page to read and to try. */
const docs: FastifyPluginAsync = async fastify => {
  // A browser that opens a page has no token to send, and there is nothing here but the contract.
  fastify.addHook('onRoute', route => {
    route.config = { ...route.config, scope: 'none' }
  })
  await fastify.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    theme: { title: 'weft-gateway' },
    uiConfig: {
      layout: 'BaseLayout',
      deepLinking: true,
      displayOperationId: true,
      docExpansion: 'list',
      validatorUrl: null
    },
    transformSpecification: document => ({ ...document, servers: [{ url: '/', description: 'This gateway.' }] })
  })
}

export default docs
