import { type Message, toMessage } from './event.ts'
import { parse, requireType } from './read-answer.ts'
import type { SilenceWatch } from './silence.ts'
import { readSse } from './sse.ts'
import type { Transport } from './transport.ts'

/** What is asked for over one connection. */
export interface Subscription {
  readonly transport: Transport
  readonly since: string | undefined
  /** The parameters of the filters. */
  readonly filters: object
  readonly timeoutMs?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly silence: SilenceWatch
}

/** The messages of one connection, until it is lost. */
export type Messages = AsyncGenerator<Message, void, void>

/** Over server-sent events. */
export async function* sseMessages(subscription: Subscription): Messages {
  const { transport, since, filters, silence, timeoutMs, headers } = subscription
  const response = await transport.open('/events', {
    query: { since, ...filters },
    accept: 'text/event-stream',
    headers: { 'cache-control': 'no-store', ...headers },
    signal: silence.signal,
    timeoutMs
  })
  await requireType(response, 'text/event-stream')
  for await (const { data, id = '' } of readSse(response, silence.heard)) {
    const message = toMessage(data === undefined ? { type: 'Heartbeat', cursor: id } : parse(data, response))
    if (message) yield message
  }
}
