import type { Answer } from './answer.ts'
import type { components } from './contract.ts'
import { type Ending, type Following, follow } from './following.ts'
import { type FollowOptions, followOptions, type Link } from './link.ts'
import { type CallOptions, checked, sessionPath } from './options.ts'
import { parse, requireType } from './read-answer.ts'
import { SilenceWatch } from './silence.ts'
import { readSse } from './sse.ts'
import type { Transport } from './transport.ts'

/** A line that an app wrote. */
export type LogLine = components['schemas']['LogLine']

/** Which lines of a log. */
export interface LogRange {
  /** Only this many of the newest lines; 200 by default. */
  readonly tail?: number | undefined
  /** Only the lines after the one with this `seq`; `tail` does not count then. */
  readonly after?: number | undefined
  /** Only the lines of one stream, and those of the gateway about missing lines. */
  readonly stream?: components['schemas']['LogStream'] | undefined
}

export interface LogsOptions extends CallOptions, LogRange {}

export interface FollowLogsOptions extends FollowOptions, LogRange {
  /**
   * How often the gateway shows that the connection lives if there are no lines: 15 s by default. After three times as
   * long without anything the connection counts as lost. Older gateways refuse it.
   */
  readonly heartbeatMs?: number | undefined
}

/** That of a gateway that is not asked for another one. */
const usualHeartbeatMs = 15_000

export const rangeNames = ['tail', 'after', 'stream']

/** The lines written so far. */
export function readLogs(transport: Transport, id: number, options: LogsOptions): Answer<LogLine[]> {
  const toRequest = () => {
    const { tail, after, stream, ...call } = checked(options, rangeNames)
    return { ...call, query: { tail, after, stream }, accept: 'application/x-ndjson' }
  }
  return transport.call(
    () => sessionPath(id, '/logs'),
    toRequest,
    async response => {
      await requireType(response, 'application/x-ndjson')
      const lines = (await response.text()).split('\n').filter(line => line !== '')
      return lines.map(line => parse(line, response) as LogLine)
    }
  )
}

/** The lines written so far, and all later ones until the session is stopped, over as many connections as it takes. */
export function followLogs(transport: Transport, id: number, options: FollowLogsOptions): Following<LogLine> {
  const { after } = checked(options, ['heartbeatMs', ...rangeNames, ...followOptions])
  const place = { path: sessionPath(id, '/logs'), after }
  return follow(options, link => connection({ transport, options, place, link }))
}

interface ConnectionParts {
  readonly transport: Transport
  readonly options: FollowLogsOptions
  /** `after`: the `seq` of the last line, from which the next connection goes on. */
  readonly place: { readonly path: string; after: number | undefined }
  readonly link: Link
}

async function* connection(parts: ConnectionParts): AsyncGenerator<LogLine, Ending, void> {
  const { transport, options, place, link } = parts
  const { tail, stream, heartbeatMs, timeoutMs, headers } = options
  const silence = new SilenceWatch(link.signal)
  silence.hold()
  try {
    const query = { tail, after: place.after, stream, follow: true, heartbeatMs }
    const request = { query, accept: 'text/event-stream', signal: silence.signal, timeoutMs, headers }
    const response = await transport.open(place.path, request)
    if (response.status === 204) return 'ended'
    await requireType(response, 'text/event-stream')
    link.answered()
    link.tell({ state: 'live' })
    silence.expect(heartbeatMs ?? usualHeartbeatMs)
    silence.heard()
    for await (const { type, data, id } of readSse(response, silence.heard)) {
      silence.hold()
      if (type === 'end') return 'ended'
      if (id !== undefined) place.after = Number(id)
      if (data !== undefined) yield parse(data, response) as LogLine
      silence.heard()
    }
    return 'lost'
  } finally {
    silence.release()
  }
}
