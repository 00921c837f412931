import { type Backoff, delayMs, pause } from './backoff.ts'
import type { components } from './contract.ts'
import { GatewayProblem } from './problem.ts'
import { readSse } from './sse.ts'
import type { Transport } from './transport.ts'

type Schemas = components['schemas']

export interface EventsOptions {
  /** The cursor after which to begin: the `id` of an event, or `eventCursor` of a list. Without it the loop begins with the next event. */
  readonly since?: string | undefined
  readonly types?: readonly Schemas['EventType'][] | undefined
  readonly sessionIds?: readonly number[] | undefined
  readonly appIds?: readonly string[] | undefined
  /** A session must have all of them. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal | undefined
  /** All sessions that are not stopped: at the start without `since`, and after a gap. */
  readonly onSnapshot?: ((sessions: readonly Schemas['Session'][]) => void) | undefined
  /** Called if events are lost for good; a snapshot follows. Without it a gap ends the loop with a {@link GapError}. */
  readonly onGap?: (() => void) | undefined
  /** Called when the connection is lost, before the client reconnects. */
  readonly onReconnect?: ((error: unknown) => void) | undefined
  /** Pauses between tries to connect: from 250 ms up to 10 s by default. */
  readonly backoff?: Backoff | undefined
}

/** The events after a cursor are no longer in the event log. */
export class GapError extends Error {
  override readonly name = 'GapError'
  readonly since: string
  constructor(since: string) {
    super(`The events after ${since} are lost. Give onGap to go on without them.`)
    this.since = since
  }
}

const usualBackoff: Backoff = { firstDelayMs: 250, maxDelayMs: 10_000 }

/** How long the gateway can be silent before `Hello` has given its heartbeat interval. */
const initialSilenceMs = 30_000

/** Missed heartbeats in a row after which the connection is considered lost. */
const missedHeartbeats = 3

/** Follows `/events` until the consumer stops, and reconnects if the connection is lost; yields no event twice. */
export async function* followEvents(
  transport: Transport,
  options: EventsOptions
): AsyncGenerator<Schemas['Event'], void, void> {
  const { signal, onReconnect, backoff = usualBackoff } = options
  const point = new ResumePoint(options.since)
  for (let attempt = 0; !signal?.aborted; attempt++) {
    let pauseMs = delayMs(backoff, attempt)
    try {
      for await (const message of connection(transport, options, point)) {
        if (message.type === 'Hello') attempt = 0
        if (message.type === 'Closed') break
        if (message.type === 'Gap') gap(options, point)
        if (point.take(message)) yield message as Schemas['Event']
        else if ('sessions' in message) options.onSnapshot?.(message.sessions)
        if (signal?.aborted) return
      }
      pauseMs = delayMs(backoff, attempt)
      onReconnect?.(undefined)
    } catch (error) {
      if (signal?.aborted) return
      if (!isPassing(error)) throw error
      if (error instanceof GatewayProblem) pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0)
      onReconnect?.(error)
    }
    await pause(pauseMs, signal)
  }
}

function gap({ onGap }: EventsOptions, { cursor }: ResumePoint): void {
  if (!onGap) throw new GapError(cursor ?? '')
  onGap()
}

type Message = Schemas['Message'] & { readonly cursor?: string | undefined }

/** The cursor from which the next connection resumes. */
class ResumePoint {
  cursor: string | undefined

  constructor(since: string | undefined) {
    this.cursor = since
  }

  /** Advances to the cursor of `message`; true if it is an event that was not yielded before. */
  take({ type, cursor }: Message): boolean {
    if (cursor === undefined) return false
    const isNew = type === 'Snapshot' || !this.#covers(cursor)
    if (isNew) this.cursor = cursor
    return isNew && type !== 'Snapshot' && type !== 'Heartbeat'
  }

  #covers(cursor: string): boolean {
    const [epoch, seq] = (this.cursor ?? '').split('.')
    const [otherEpoch, otherSeq] = cursor.split('.')
    return epoch === otherEpoch && Number(otherSeq) <= Number(seq)
  }
}

/** The connection could not be made, or is lost. */
class ConnectionLost extends Error {}

/** The messages of one connection. @throws {GatewayProblem | ConnectionLost} */
async function* connection(transport: Transport, options: EventsOptions, point: ResumePoint): AsyncGenerator<Message> {
  const over = new AbortController()
  const end = () => over.abort()
  const watch = watchdog(end)
  options.signal?.addEventListener('abort', end)
  try {
    const headers = { accept: 'text/event-stream', 'cache-control': 'no-store' }
    const response = await transport.send('/events', {
      query: queryOf(options, point.cursor),
      headers,
      signal: over.signal
    })
    const body = response.body ?? new ReadableStream<Uint8Array>()
    // Also past events that the filters leave out: they can be pruned before the next connection.
    const onId = (cursor: string) => void point.take({ type: 'Heartbeat', cursor, time: '' })
    for await (const { data, id } of readSse(body, { onBytes: watch.refresh, onId })) {
      const message: Message = { ...JSON.parse(data), cursor: id }
      if ('heartbeatMs' in message && message.heartbeatMs > 0) watch.refresh(message.heartbeatMs * missedHeartbeats)
      watch.hold()
      yield message
      watch.refresh()
    }
  } catch (error) {
    throw error instanceof GatewayProblem ? error : new ConnectionLost('the connection is lost', { cause: error })
  } finally {
    watch.hold()
    options.signal?.removeEventListener('abort', end)
    over.abort()
  }
}

function queryOf({ types, sessionIds, appIds, labels = {} }: EventsOptions, since: string | undefined): object {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return { since, eventType: types, sessionId: sessionIds, appId: appIds, label }
}

/** Calls `onTimeout` if it is not refreshed in time; it does not count while it is held, while the consumer is busy. */
function watchdog(onTimeout: () => void) {
  let limitMs = initialSilenceMs
  let timer: ReturnType<typeof setTimeout> | undefined
  const hold = () => clearTimeout(timer)
  const refresh = (newLimitMs?: number) => {
    hold()
    limitMs = newLimitMs ?? limitMs
    timer = setTimeout(onTimeout, limitMs)
  }
  refresh()
  return { hold, refresh }
}

/** Can a retry succeed? */
function isPassing(error: unknown): boolean {
  if (error instanceof GatewayProblem) return error.status === 429 || (error.status >= 502 && error.status <= 504)
  return error instanceof ConnectionLost
}
