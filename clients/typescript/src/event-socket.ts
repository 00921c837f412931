import { ConnectionError } from './errors.ts'
import { toMessage } from './event.ts'
import type { Messages, Subscription } from './event-messages.ts'
import { queryText } from './exchange.ts'
import { parse, requireType } from './read-answer.ts'

/** How often a WebSocket is to get a message: its pings can't be seen by scripts. */
const heartbeatMs = 15_000

/** With more unread messages the connection is closed, and resumed once they are read: a WebSocket can't be paused. */
const maxUnread = 1_000

/** The messages of one WebSocket, until it is lost. */
export async function* socketMessages(subscription: Subscription): Messages {
  const { transport, since, filters, silence } = subscription
  const { exchange, WebSocket } = transport
  const token = await exchange.token()
  silence.signal.throwIfAborted()
  const query = { since, ...filters, heartbeatMs }
  const protocols = ['weft.v1', ...(token === undefined ? [] : [`bearer.${token}`])]
  const socket = new WebSocket(`${exchange.baseUrl.replace(/^http/, 'ws')}/events${queryText(query)}`, protocols)
  const inbox = new Inbox(socket, silence.heard)
  const close = () => socket.close()
  silence.signal.addEventListener('abort', close)
  try {
    for (;;) {
      const text = await inbox.next()
      if (text === undefined) break
      const message = toMessage(parse(text, { status: 101, headers: new Headers() }))
      if (message) yield message
    }
    silence.signal.throwIfAborted()
    if (!inbox.wasOpen) await explainRefusal(subscription, query)
  } finally {
    silence.signal.removeEventListener('abort', close)
    close()
  }
}

/** Scripts are not told why a WebSocket was refused. The same stream over plain HTTP is refused in the same way. */
async function explainRefusal({ transport, silence }: Subscription, query: object): Promise<void> {
  const { exchange } = transport
  const accept = 'application/x-ndjson'
  await exchange.send('/events', { query, accept, signal: silence.signal }, async (response, limit) => {
    await requireType(response, accept)
    limit.release()
    await response.body?.cancel()
  })
  throw new ConnectionError(`no WebSocket to ${exchange.baseUrl}`)
}

/** Keeps the messages of a WebSocket until they are read. */
class Inbox {
  wasOpen = false
  readonly #unread: string[] = []
  #isClosed = false
  #wake = () => {}

  constructor(socket: WebSocket, heard: () => void) {
    socket.addEventListener('open', () => {
      this.wasOpen = true
    })
    socket.addEventListener('message', ({ data }) => {
      heard()
      if (this.#unread.push(String(data)) > maxUnread) socket.close()
      this.#wake()
    })
    for (const end of ['close', 'error'] as const) {
      socket.addEventListener(end, () => {
        this.#isClosed = true
        this.#wake()
      })
    }
  }

  /** Undefined when the socket is closed and all is read. */
  async next(): Promise<string | undefined> {
    while (this.#unread.length === 0 && !this.#isClosed) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    return this.#unread.shift()
  }
}
