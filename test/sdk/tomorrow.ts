import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'

/** For each open enumeration of the contract, by the name of its schema, a value that no gateway of today sends. */
export const valuesOfTomorrow = {
  SessionState: 'suspended',
  StopReason: 'evicted',
  StopInitiator: 'scheduler',
  EventType: 'Renewed',
  ErrorCode: 'quota-exceeded',
  Scope: 'inspect',
  ReadinessKind: 'grpc',
  AppKind: 'daemon',
  HealthStatus: 'degraded',
  ExpiryCause: 'quota'
} as const

/**
 * Serves the API of a gateway as a later version could, and returns the URL: a proxy that rewrites real answers.
 *
 * - `GET /sessions` and `GET /sessions/{id}`: a session that is not stopped has a `state` of tomorrow.
 * - Everywhere a stopped session has a `reason` and an `initiator` of tomorrow, and every session a member of tomorrow.
 * - Events, in pages and in streams of each kind: `Launched` has a `type` of tomorrow, and `AppReady` has no `session`.
 * - Problems have a `code` of tomorrow; apps a kind and a kind of readiness, and `GET /me` a scope.
 *
 * What the gateway says to a launch, a wait and a stop keeps its `state`, so that a client can go on.
 */
export async function serveTomorrow(t: Test, gatewayUrl: string): Promise<string> {
  // Java's HTTP client offers an upgrade to HTTP/2 with every request.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage) => headers.upgrade === 'websocket'
  const server = createServer({ shouldUpgradeCallback }, (request, response) => {
    forward(gatewayUrl, request, response).catch(() => response.destroy())
  })
  const sockets = new WebSocketServer({ server, handleProtocols: ([first = '']) => first })
  sockets.on('connection', (socket, request) => bridge(socket, gatewayUrl, request))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Json = Record<string, unknown>

async function forward(gatewayUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const body = Buffer.concat(await request.toArray())
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const answer = await fetch(gatewayUrl + url, {
    method,
    headers: headersFor(request),
    signal: gone.signal,
    ...(body.length > 0 && { body })
  })
  const {
    'content-length': _,
    'content-encoding': __,
    connection: ___,
    ...headers
  } = Object.fromEntries(answer.headers)
  response.writeHead(answer.status, headers)
  response.flushHeaders()
  const type = (headers['content-type'] ?? '').split(';', 1)[0] ?? ''
  if (!answer.body) response.end()
  else if (type.endsWith('json')) response.end(laterText(await answer.text(), { showsState: showsState(method, url) }))
  else
    await pipeline(answer.body, type === 'text/plain' ? new Transform({ transform: asItIs }) : laterLines(), response)
}

const asItIs: Transform['_transform'] = (chunk, _, done) => done(null, chunk)

function headersFor({ headers }: IncomingMessage): Record<string, string> {
  const { host, connection, upgrade, 'content-length': length, 'accept-encoding': encoding, ...kept } = headers
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]))
}

const showsState = (method: string, url: string) => method === 'GET' && /^\/sessions(\/\d+)?(\?|$)/.test(url)

interface Rewriting {
  readonly showsState: boolean
}

const laterText = (text: string, rewriting: Rewriting) => `${JSON.stringify(later(JSON.parse(text), rewriting))}\n`

/** Lines of NDJSON, or the `data` and `event` of server-sent events. */
function laterLines(): Transform {
  let rest = ''
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      done(null, lines.map(line => `${laterLine(line)}\n`).join(''))
    }
  })
}

function laterLine(line: string): string {
  const [, prefix = '', json] = /^(data: )?(\{.*\})$/.exec(line) ?? []
  if (json) return prefix + laterText(json, { showsState: false }).trimEnd()
  return line === 'event: Launched' ? `event: ${valuesOfTomorrow.EventType}` : line
}

function bridge(socket: WebSocket, gatewayUrl: string, { url = '/', headers }: IncomingMessage): void {
  const protocols = headers['sec-websocket-protocol']?.split(/, */) ?? []
  const gateway = new WebSocket(gatewayUrl.replace(/^http/, 'ws') + url, protocols)
  gateway.on('message', data => socket.send(laterText(String(data), { showsState: false })))
  gateway.on('close', (code, reason) => socket.close(code === 1006 ? 1011 : code, reason))
  gateway.on('error', () => socket.terminate())
  socket.on('close', () => gateway.terminate())
}

/** The value as a later gateway would send it. */
function later(value: unknown, rewriting: Rewriting): unknown {
  if (Array.isArray(value)) return value.map(item => later(item, rewriting))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, later(member, rewriting)])
  return laterObject(Object.fromEntries(members), rewriting)
}

function laterObject(value: Json, { showsState }: Rewriting): Json {
  const { SessionState, StopReason, StopInitiator, EventType, ErrorCode, Scope, ReadinessKind, AppKind } =
    valuesOfTomorrow
  if ('signalsSent' in value) return { ...value, reason: StopReason, initiator: StopInitiator }
  if ('createdAt' in value) {
    const state = showsState && value.state !== 'stopped' ? SessionState : value.state
    return { ...value, state, memberOfTomorrow: { since: 'tomorrow' } }
  }
  if (value.type === 'Launched') return { ...value, type: EventType }
  if (value.type === 'AppReady') return { ...value, session: undefined, node: 'node-of-tomorrow' }
  if ('instance' in value && 'code' in value) return { ...value, code: ErrorCode }
  if (Array.isArray(value.scopes)) return { ...value, scopes: [...value.scopes, Scope] }
  return 'readiness' in value ? { ...value, readiness: ReadinessKind, kind: AppKind } : value
}
