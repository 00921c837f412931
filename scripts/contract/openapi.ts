import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import packageJson from '../../package.json' with { type: 'json' }

const description = `Launches, watches and stops **sessions**. A session is one run of one **app** of the catalogue: a tree of processes. It is ready when the app says so, and stopped when no process of it is left.

Times are RFC 3339 in UTC, durations are in milliseconds. A member without a value is absent. Clients should ignore members that they do not know; strings with \`x-extensible-enum\` can get more values. The gateway refuses members and parameters that it does not know. Every answer has an \`X-Request-Id\`, and every error is a \`Problem\`. An error creates nothing, except that 502 \`launch-failed\` tells of a session that was launched and has ended.

Streams are not part of this document, since a generated call would wait for their end: \`GET /events\` over WebSocket, as server-sent events or as NDJSON, described in \`/asyncapi.yaml\`, and \`GET /sessions/{id}/logs\`, which with \`follow=true\` goes on until the session is stopped. \`docs/http.md\` has more: caching, compression, \`Prefer: wait\`.`

/** Makes the OpenAPI document from the schemas of the routes; `fastify.swagger()` returns it. */
export default fp(
  async fastify => {
    await fastify.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'weft-gateway',
          version: packageJson.version,
          summary: packageJson.description,
          description,
          license: { name: 'MIT', identifier: 'MIT' }
        },
        servers: [{ url: '/', description: 'The gateway that serves this document.' }],
        security: [{ bearer: [] }, {}],
        tags: [
          { name: 'sessions', description: 'Runs of apps.' },
          { name: 'events', description: 'What happened to sessions.' },
          { name: 'apps', description: 'The catalogue of what can be launched.' },
          { name: 'gateway', description: 'The gateway itself: its health, its state and its figures.' },
          { name: 'meta', description: 'Texts for people and for monitoring. A client can do without.' }
        ],
        components: {
          securitySchemes: {
            bearer: {
              type: 'http',
              scheme: 'bearer',
              description: 'A token of `weft-gateway token new`. A gateway without tokens needs none.'
            }
          }
        }
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

/** In the gateway's types a parameter with a default is required, but clients need not send it. */
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
