import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import packageJson from '../../package.json' with { type: 'json' }

const description = `Launches, watches and stops **sessions**. A session is one run of one **app** of the catalogue: a tree of processes. It is ready when the app says so, and it is stopped when no process of it is left.

- Names are in camelCase. Times are RFC 3339 in UTC with milliseconds, durations are in milliseconds. A member without a value is absent, never null. Clients should ignore members and values of enumerations that they do not know; the gateway refuses members and parameters that it does not know.
- Every error is an \`application/problem+json\` (RFC 9457) with a \`code\`. An error creates nothing, except that 502 \`launch-failed\` tells of a session that was launched and has ended. After 500 \`internal\`, and after 503 in answer to a launch with \`Prefer: wait\`, the session may have been launched: send the launch again with the same \`Idempotency-Key\`, and it is launched once.
- A method that a path does not have is answered with 405 \`method-not-allowed\` and the header \`Allow\`. HEAD is possible wherever GET is. OPTIONS is answered with \`Allow\`.
- Every answer has an \`X-Request-Id\`. It is that of the request, if it has one of 1 to 128 letters, digits, \`.\`, \`_\` and \`-\`. The lines of the gateway's log have it as \`reqId\`, and the trace id of a \`traceparent\` as \`traceId\`.
- JSON ends with a newline. Answers of 1 KiB and more are compressed if \`Accept-Encoding\` has \`gzip\`; streams are not.
- The messages that \`/events\` sends over WebSocket, as server-sent events and as NDJSON are described in \`/asyncapi.yaml\`.`

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
        servers: [{ url: 'http://127.0.0.1:7410', description: 'The default address.' }],
        security: [{ bearer: [] }, {}],
        tags: [
          { name: 'sessions', description: 'Runs of apps.' },
          { name: 'events', description: 'What happens to sessions, as streams and as history.' },
          { name: 'apps', description: 'The catalogue of what can be launched.' },
          { name: 'health', description: 'For monitoring the gateway.' },
          { name: 'meta', description: 'The description of this API.' }
        ],
        components: {
          securitySchemes: {
            bearer: {
              type: 'http',
              scheme: 'bearer',
              description:
                'A token made by `weft-gateway token new`. A gateway that has no tokens configured needs none.'
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
