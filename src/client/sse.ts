/** One of the server-sent events of a response. */
export interface ServerSentEvent {
  readonly type: string
  readonly data: string
  readonly id?: string
}

export interface SseListeners {
  /** Called for comments, too. */
  readonly onBytes?: () => void
  /** An id that comes without an event. */
  readonly onId?: (id: string) => void
}

/** Reads server-sent events as they come. */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  { onBytes = () => {}, onId = () => {} }: SseListeners = {}
): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let fields: Record<string, string> = {}
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      onBytes()
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (fields.data !== undefined) yield toEvent(fields)
          else if (fields.id !== undefined) onId(fields.id)
          fields = {}
        } else addField(fields, line)
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function addField(fields: Record<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
  const known = fields[name]
  fields[name] = name === 'data' && known !== undefined ? `${known}\n${value}` : value
}

function toEvent({ event = 'message', data = '', id }: Record<string, string>): ServerSentEvent {
  return { type: event, data, ...(id !== undefined && { id }) }
}
