import { GatewayError } from './errors.ts'
import { connectionError } from './exchange.ts'

/** One of the server-sent events of a response. */
export interface ServerSentEvent {
  readonly type: string
  /** Absent if there is an id alone, which is no event, but a place to resume from. */
  readonly data: string | undefined
  readonly id: string | undefined
}

/** Reads server-sent events as they come; `heard` is called for comments, too. Rejects with a `ConnectionError`. */
export async function* readSse(
  { body, url }: Response,
  heard: () => void
): AsyncGenerator<ServerSentEvent, void, void> {
  const reader = (body ?? new ReadableStream<Uint8Array>()).getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let fields: Record<string, string> = {}
  try {
    for (;;) {
      const { value, done } = await reader.read().catch(error => fail(url, error))
      if (done) return
      heard()
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line !== '') addField(fields, line)
        else if (fields.data !== undefined || fields.id !== undefined) yield toEvent(fields)
        if (line === '') fields = {}
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function fail(url: string, error: unknown): never {
  throw error instanceof GatewayError ? error : connectionError(url, error)
}

function addField(fields: Record<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
  const known = fields[name]
  fields[name] = name === 'data' && known !== undefined ? `${known}\n${value}` : value
}

function toEvent({ event = 'message', data, id }: Record<string, string>): ServerSentEvent {
  return { type: event, data, id }
}
