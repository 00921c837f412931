import fp from 'fastify-plugin'

/** For everything that is no page. A page sets a `Content-Security-Policy` of its own. */
const headers = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/** Tells browsers to be careful with whatever comes from here, logs and labels of strangers above all. */
export default fp(
  async fastify => {
    fastify.addHook('onRequest', async (_request, reply) => {
      reply.headers(headers)
    })
  },
  { name: 'security-headers' }
)
