import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { GatewayClient } from '../../../clients/typescript/src/client.ts'
import type { GatewayProcess } from '../../gateway-process.ts'

export interface Follow {
  /** The one that runs now; another one after each start. */
  readonly gateway: () => GatewayProcess
  readonly since: string
  /** Gets each message as it was told. */
  readonly take: (message: object) => void
  /** Aborted when the follower leaves. */
  readonly leave: AbortSignal
}

/** Follows the events over one connection, until either side ends it; the client of the package over as many as it takes. */
export type Connect = (follow: Follow) => Promise<void>

const historyPauseMs = 50

const webSocket: Connect = async ({ gateway, since, take, leave }) => {
  const socket = new WebSocket(`${gateway().url.replace('http', 'ws')}/events?since=${since}`)
  const { promise, resolve } = Promise.withResolvers<void>()
  leave.addEventListener('abort', () => socket.terminate())
  socket.on('message', data => take(JSON.parse(String(data))))
  socket.on('error', () => {})
  socket.on('close', () => resolve())
  await promise
}

const sse: Connect = async ({ gateway, since, take, leave }) => {
  const headers = { accept: 'text/event-stream', 'last-event-id': since }
  const response = await fetch(`${gateway().url}/events`, { headers, signal: leave })
  for await (const block of pieces(response, '\n\n')) {
    const data = /^data: (.*)$/m.exec(block)?.[1]
    if (data) take(JSON.parse(data))
  }
}

function ndjson(query = ''): Connect {
  return async ({ gateway, since, take, leave }) => {
    const headers = { accept: 'application/x-ndjson' }
    const response = await fetch(`${gateway().url}/events?since=${since}${query}`, { headers, signal: leave })
    for await (const line of pieces(response, '\n')) take(JSON.parse(line))
  }
}

const history: Connect = async ({ gateway, since, take, leave }) => {
  for (let cursor = since; !leave.aborted; await delay(historyPauseMs)) {
    const headers = { accept: 'application/json' }
    const page = await gateway().call(`/events?limit=1000&since=${cursor}`, { headers, signal: leave })
    const content = (await page.json()) as { items: object[]; cursor: string }
    content.items.forEach(take)
    cursor = content.cursor
  }
}

const client: Connect = async ({ gateway, since, take, leave }) => {
  const anywhere = new GatewayClient({
    baseUrl: 'http://gateway',
    // Each gateway listens on a port of its own.
    fetch: (input, init) => fetch(String(input).replace('http://gateway', gateway().url), init)
  })
  const backoff = { firstDelayMs: 20, maxDelayMs: 200 }
  for await (const event of anywhere.events({ since, signal: leave, backoff })) take(event)
}

/** What the filtered follower is told of. */
export const filteredType = 'Stopped'

export const connects: Readonly<Record<string, Connect>> = {
  webSocket,
  sse,
  ndjson: ndjson(),
  history,
  filtered: ndjson(`&type=${filteredType}&heartbeatMs=100`),
  client
}

/** A body in whole pieces; what is not ended by the separator is cut off. */
export async function* pieces(response: Response, separator: string): AsyncGenerator<string> {
  if (!response.ok) throw new Error(`answered with ${response.status}`)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of response.body ?? []) {
    const whole = (rest + decoder.decode(chunk, { stream: true })).split(separator)
    rest = whole.pop() ?? ''
    yield* whole.filter(piece => piece !== '')
  }
}
