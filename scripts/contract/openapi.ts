import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import packageJson from '../../package.json' with { type: 'json' }

const description = `Launches, watches and stops **sessions**: each is one run of one **app** of the catalogue, an OS process tree that is ready when the app says so, and stopped when nothing of it is left.

- Members are in camelCase, times RFC 3339 in UTC with milliseconds, durations in milliseconds. What is not there is absent, never null. Clients should ignore members, and values of enumerations, that they do not know; the gateway refuses members and parameters that it does not know.
- Every error is an \`application/problem+json\` with a \`code\`. An error creates nothing. A method that a path does not have is answered with 405 \`method-not-allowed\` and the header \`Allow\`.
- Every answer has an \`X-Request-Id\`, that of the request if it has one (1 to 128 letters, digits, \`.\`, \`_\` and \`-\`); the log has it as \`reqId\`, and the trace id of a \`traceparent\` as \`traceId\`.
- Every GET can be a HEAD, OPTIONS is answered with \`Allow\`, and large JSON is compressed where \`Accept-Encoding\` has \`gzip\`; streams are not.
- What \`/events\` sends over WebSocket, server-sent events and NDJSON is described in \`/asyncapi.yaml\`.`

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
          description,
          license: { name: 'MIT', identifier: 'MIT' }
        },
        servers: [{ url: 'http://127.0.0.1:7410', description: 'The default address.' }],
        security: [{ bearer: [] }, {}],
        tags: [
          { name: 'sessions', description: 'Runs of apps.' },
          { name: 'events', description: 'What happens to sessions.' },
          { name: 'apps', description: 'What can be launched.' },
          { name: 'health', description: 'For those who watch the gateway.' },
          { name: 'meta', description: 'The contract itself.' }
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
