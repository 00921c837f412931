import fp from 'fastify-plugin'

/** Pages replace the `Content-Security-Policy` with their own. */
const headers = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/** Browsers must not run, frame or guess the type of what is served: logs and labels are written by others. */
export default fp(
  async fastify => {
    fastify.addHook('onRequest', async (_request, reply) => {
      reply.headers(headers)
    })
  },
  { name: 'security-headers' }
)
