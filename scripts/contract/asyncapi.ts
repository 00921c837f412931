import { controlTypes } from '../../src/http/shapes/event.ts'
import { eventTypes } from '../../src/session/transition.ts'
import type { Node } from './node.ts'
import { logTypes, type Messages, type MessageType } from './record-messages.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description: string
  readonly schema: Node
}

const types = [...controlTypes, ...eventTypes] as const

const description = `The messages of \`GET /events\`, and of \`GET /sessions/{id}/logs?follow=true\`. A stream of events begins with \`Hello\`. With a cursor in \`since\`, the events after that cursor follow; without one, a \`Snapshot\`. Then comes every event as it happens. If the cursor is too old, of another event log or in the future, the stream has \`Gap\` and a \`Snapshot\` instead of the missed events. If the client asks for it with \`heartbeatMs\`, there is a \`Heartbeat\` that often.

The \`id\` of an event is the cursor to resume from. Each event comes once on a stream, those of a session in the order \`Launched\`, \`Starting\` (where it was queued), \`AppReady\`, \`Stopping\`, \`Stopped\`; after each \`Restarting\` come \`Starting\` and \`AppReady\` of the next run. \`Updated\` can come any number of times between, at most one a second. Clients should ignore types and members that they do not know.`

const overWebSocket =
  'A text frame for each message. The gateway pings every 30 seconds and disconnects a client that has not answered by the next ping. It closes the connection with 1013 and the reason `resume with since` if the client reads too slowly or can’t be served now, with 1008 if its token is not valid any more, and with 1001 when the gateway shuts down. A page sends its token as a subprotocol: `weft.v1` and `bearer.<token>`.'

const overSse =
  'With `Accept: text/event-stream`. `event:` is the type and `data:` the JSON. Events have their cursor as `id:`, which an EventSource sends as `Last-Event-ID` when it reconnects. Every 15 seconds, unless `heartbeatMs` asks for a `Heartbeat`, there is a comment with an `id:` and no event, which moves the cursor of an EventSource on. With `Accept: application/x-ndjson` the stream has the same JSON, one message a line.'

const overLogs =
  'With `Accept: text/event-stream`, `event:` is `line` or `end`, `data:` the JSON, and a line has its `seq` as `id:`, which an EventSource sends as `Last-Event-ID` when it reconnects; the stream begins with an `id:` to resume from, and has a comment after 15 seconds, or `heartbeatMs`, without a line. With `Accept: application/x-ndjson` it is the same JSON, one message a line; else it is the text of the lines. The answer ends when the session is stopped. If the gateway ends it before, because it shuts down or the token is not valid any more, the connection is broken off: text, which has no `LogEnd`, is not whole then (curl exits with 18). There is no WebSocket for logs.'

/** The AsyncAPI document of `/events` and of followed logs. */
export function asyncApi(openapi: Node, examples: Messages): Node {
  const { info, components, paths } = openapi as Record<string, Record<string, Node>>
  const { title, version, license } = info as Node
  const host = '127.0.0.1:7410'
  const security = [{ $ref: '#/components/securitySchemes/bearer' }]
  const queryOf = (path: string, left: readonly string[]) =>
    objectOf(
      parametersOf(paths?.[path], components?.parameters).filter(
        parameter => parameter.in === 'query' && !left.includes(parameter.name)
      )
    )
  const query = queryOf('/events', ['limit'])
  // A WebSocket has close codes for what `Closed` says.
  const onSocket = types.filter(type => type !== 'Closed')
  const channel = (server: string, messages: readonly MessageType[], members: object) => ({
    address: '/events',
    servers: [{ $ref: `#/servers/${server}` }],
    ...members,
    messages: Object.fromEntries(messages.map(type => [type, { $ref: `#/components/messages/${type}` }]))
  })
  const operation = (name: string, summary: string, members: object = {}) => ({
    action: 'send',
    summary,
    channel: { $ref: `#/channels/${name}` },
    ...members
  })
  return {
    asyncapi: '3.0.0',
    info: {
      ...{ title, version, description },
      license: { name: (license as Node).name, url: 'https://spdx.org/licenses/MIT' }
    },
    defaultContentType: 'application/json',
    servers: {
      webSocket: { host, protocol: 'ws', description: 'The default address.', security },
      http: { host, protocol: 'http', description: 'The default address.', security }
    },
    channels: {
      webSocketEvents: channel('webSocket', onSocket, {
        title: 'Events over WebSocket',
        description: overWebSocket,
        bindings: { ws: { method: 'GET', query } }
      }),
      serverSentEvents: channel('http', types, {
        title: 'Events as server-sent events',
        description: overSse
      }),
      followedLog: channel('http', logTypes, {
        address: '/sessions/{id}/logs',
        title: 'A followed log',
        description: overLogs,
        parameters: { id: { description: 'The id of the session.', examples: ['1'] } }
      })
    },
    operations: {
      sendToWebSocket: operation('webSocketEvents', 'Tell a WebSocket what happens'),
      sendServerSentEvent: operation('serverSentEvents', 'Tell an EventSource what happens', {
        bindings: { http: { method: 'GET', query } }
      }),
      sendLogLine: operation('followedLog', 'Tell a reader what a session writes', {
        bindings: { http: { method: 'GET', query: queryOf('/sessions/{id}/logs', []) } }
      })
    },
    components: {
      messages: Object.fromEntries([...types, ...logTypes].map(type => [type, messageOf(type, examples[type])])),
      schemas: schemasOf((components?.schemas ?? {}) as Node, ['Event', ...controlTypes, ...logTypes]),
      securitySchemes: components?.securitySchemes
    }
  }
}

function isEvent(type: MessageType): boolean {
  return (eventTypes as readonly string[]).includes(type)
}

function payloadOfEvent(type: MessageType): Node {
  return { allOf: [{ $ref: '#/components/schemas/Event' }, { properties: { type: { const: type } } }] }
}

function messageOf(type: MessageType, example: object): Node {
  return {
    name: type,
    title: type,
    contentType: 'application/json',
    payload: isEvent(type) ? payloadOfEvent(type) : { $ref: `#/components/schemas/${type}` },
    examples: [{ name: type, payload: example }]
  }
}

function parametersOf(path?: Node, shared: Node = {}): Parameter[] {
  const { parameters = [] } = (path?.get ?? {}) as { readonly parameters?: (Parameter | { $ref: string })[] }
  return parameters.map(parameter =>
    '$ref' in parameter ? (shared[parameter.$ref.split('/').at(-1) ?? ''] as unknown as Parameter) : parameter
  )
}

function objectOf(parameters: readonly Parameter[]): Node {
  const properties = parameters.map(({ name, description, schema }) => [name, { ...schema, description }])
  return { type: 'object', properties: Object.fromEntries(properties) }
}

/** The schemas with these names, and what they refer to. */
function schemasOf(schemas: Node, names: readonly string[]): Node {
  const needed = new Set(names)
  for (const name of needed) {
    for (const [, reference] of JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      needed.add(String(reference))
    }
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => needed.has(name)))
}
