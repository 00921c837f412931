import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import packageJson from '../package.json' with { type: 'json' }

/** Makes the OpenAPI document from the schemas of the routes; `fastify.swagger()` is it. */
export default fp(
  async fastify => {
    await fastify.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'weft-gateway',
          version: packageJson.version,
          summary: packageJson.description,
          license: { name: 'MIT', identifier: 'MIT' }
        },
        servers: [{ url: 'http://localhost:7410', description: 'The default address.' }],
        tags: [
          { name: 'sessions', description: 'Runs of apps.' },
          { name: 'events', description: 'What happens to sessions.' },
          { name: 'apps', description: 'What can be launched.' },
          { name: 'health', description: 'For those who watch the gateway.' },
          { name: 'meta', description: 'The contract itself.' }
        ]
      },
      transform: ({ schema, url }) => ({
        schema: {
          ...schema,
          ...(schema?.querystring ? { querystring: withOptionalDefaults(schema.querystring) } : {})
        },
        url
      }),
      refResolver: { buildLocalReference: (json, _uri, _fragment, i) => String(json.$id ?? `schema-${i}`) }
    })
  },
  { name: 'openapi' }
)

/** For the gateway a parameter with a default is always there, but no client need send it. */
function withOptionalDefaults(querystring: unknown): object {
  const {
    properties = {},
    required = [],
    ...rest
  } = querystring as {
    readonly properties?: Readonly<Record<string, object>>
    readonly required?: readonly string[]
  }
  return { ...rest, properties, required: required.filter(name => !('default' in (properties[name] ?? {}))) }
}
