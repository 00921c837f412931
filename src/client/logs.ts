import type { components, operations } from './contract.ts'
import { readSse } from './sse.ts'
import type { CallOptions, Transport } from './transport.ts'

export type LogLine = components['schemas']['LogLine']

type Query = NonNullable<operations['readLogs']['parameters']['query']>

export interface LogsOptions extends CallOptions, Pick<Query, 'tail' | 'after' | 'stream'> {}

/** The lines written so far. */
export async function readLogs(transport: Transport, id: number, options: LogsOptions): Promise<LogLine[]> {
  const { signal, ...query } = options
  const headers = { accept: 'application/x-ndjson' }
  const text = await transport.text(`/sessions/${id}/logs`, { query, headers, signal })
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

/** The lines written so far, and all later ones until the session is stopped. */
export async function* followLogs(
  transport: Transport,
  id: number,
  { signal, ...query }: LogsOptions
): AsyncGenerator<LogLine, void, void> {
  const over = new AbortController()
  const end = () => over.abort()
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  try {
    const headers = { accept: 'text/event-stream' }
    const call = { query: { ...query, follow: true }, headers, signal: over.signal }
    const { body } = await transport.send(`/sessions/${id}/logs`, call)
    if (!body) return
    for await (const { data } of readSse(body)) yield JSON.parse(data)
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    signal?.removeEventListener('abort', end)
    end()
  }
}
