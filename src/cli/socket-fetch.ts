import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'

/** A `fetch` over a Unix socket, for the requests that the client makes. */
export function socketFetch(socketPath: string): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const { pathname, search, hostname } = new URL(String(input))
    const { method = 'GET', headers, body, signal } = init
    const options = { socketPath, path: `${pathname}${search}`, method, host: hostname, ...(signal && { signal }) }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = { ...options, headers: Object.fromEntries(new Headers(headers)) }
      request(sent).on('response', resolve).on('error', reject).end(body)
    })
    const { statusCode: status = 0, statusMessage: statusText = '', headersDistinct } = answer
    const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value])
    )
    const content = status === 204 ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>)
    return new Response(content, { status, statusText, headers: pairs })
  }
}
