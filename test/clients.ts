import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import type { Session } from '../src/session/session.ts'

/** A message of `/events`, in whatever form it came. */
export interface Message {
  readonly type: string
  /** The cursor: of an event its `id`, of a Snapshot the `id:` line of SSE. */
  readonly id?: string
  readonly seq?: number
  readonly session?: Session
  readonly sessions?: readonly Session[]
  readonly [member: string]: unknown
}

export interface Closing {
  readonly code: number
  readonly reason: string
}

/** What a client of `/events` has got so far. */
export class Client {
  readonly messages: Message[] = []
  /** Resolves with the close code of a WebSocket, and with 0 where a response just ended. */
  readonly closed: Promise<Closing>
  readonly #leave: () => void
  readonly #pause: () => void
  readonly #resolveClosed: (closing: Closing) => void
  readonly #checks = new Set<() => void>()
  #isClosed = false

  constructor({ leave, pause }: { readonly leave: () => void; readonly pause: () => void }) {
    const { promise, resolve } = Promise.withResolvers<Closing>()
    this.closed = promise
    this.#leave = leave
    this.#pause = pause
    this.#resolveClosed = resolve
  }

  /** Sessions' events without Hello, Snapshot and Gap. */
  get events(): Message[] {
    return this.messages.filter(({ seq, type }) => seq !== undefined && type !== 'Hello')
  }

  get types(): string[] {
    return this.messages.map(({ type }) => type)
  }

  /** The first message, past or future, that `isWanted`. */
  async until(isWanted: (message: Message) => boolean): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>()
    const check = () => {
      const found = this.messages.find(isWanted)
      if (found) resolve(found)
      else if (this.#isClosed) reject(new Error(`closed after ${this.types.join(' ')}`))
    }
    this.#checks.add(check)
    check()
    try {
      return await promise
    } finally {
      this.#checks.delete(check)
    }
  }

  untilSeq(seq: number): Promise<Message> {
    return this.until(message => message.type !== 'Hello' && (message.seq ?? 0) >= seq)
  }

  leave(): void {
    this.#leave()
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#pause()
  }

  receive(message: Message): void {
    this.messages.push(message)
    for (const check of this.#checks) check()
  }

  end(closing: Closing): void {
    this.#isClosed = true
    this.#resolveClosed(closing)
    for (const check of this.#checks) check()
  }
}

export type Connect = (t: Test, url: string, headers?: Record<string, string>) => Promise<Client>

/** Makes a {@link Client} of a WebSocket that is not open yet. */
export function clientOf(socket: WebSocket): Client {
  const client = new Client({ leave: () => socket.terminate(), pause: () => socket.pause() })
  socket.on('message', data => client.receive(JSON.parse(String(data))))
  socket.on('close', (code, reason) => client.end({ code, reason: String(reason) }))
  socket.on('error', () => {})
  return client
}

export const openWebSocket: Connect = async (t, url, headers = {}) => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  t.teardown(() => socket.terminate())
  const client = clientOf(socket)
  await Promise.race([once(socket, 'open'), refused(socket)])
  return client
}

/** Rejects where the upgrade is answered with an HTTP status. */
function refused(socket: WebSocket): Promise<never> {
  return new Promise((_, reject) => {
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy()
      reject(new Error(`refused with ${statusCode}`))
    })
  })
}

export const openNdjson: Connect = async (t, url, headers = {}) => {
  const { request, response } = await open(t, url, { accept: 'application/x-ndjson', ...headers })
  const client = new Client({ leave: () => request.destroy(), pause: () => void response.pause() })
  onLine(response, line => client.receive(JSON.parse(line)))
  endWith(response, client)
  return client
}

export const openSse: Connect = async (t, url, headers = {}) => {
  const { request, response } = await open(t, url, { accept: 'text/event-stream', ...headers })
  return sseClientOf(request, response)
}

/** Reads the events of a response. */
export function sseClientOf(request: ClientRequest, response: IncomingMessage): Client {
  const client = new Client({ leave: () => request.destroy(), pause: () => void response.pause() })
  let fields: Record<string, string> = {}
  onLine(response, line => {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (line !== '') fields[name] = value
    else if (fields.data !== undefined) client.receive({ ...fieldsOf(fields), ...JSON.parse(fields.data) })
    if (line === '') fields = {}
  })
  endWith(response, client)
  return client
}

function fieldsOf({ id, event = 'message' }: Record<string, string>) {
  return { type: event, ...(id !== undefined && { id, sseId: id }), sseEvent: event }
}

/** The answer to a GET, its body not read yet. */
export async function open(
  t: Test,
  url: string,
  headers: Record<string, string>
): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const request = get(url, { headers, agent: false })
  t.teardown(() => request.destroy())
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  return { request, response }
}

/** node:readline ends lines at U+2028, too. */
function onLine(response: IncomingMessage, take: (line: string) => void): void {
  let rest = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

function endWith(response: IncomingMessage, client: Client): void {
  response.on('close', () => client.end({ code: 0, reason: response.complete ? 'ended' : 'cut off' }))
}
