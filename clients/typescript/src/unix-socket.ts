import type * as Http from 'node:http'
import type { IncomingMessage } from 'node:http'
import type * as Stream from 'node:stream'

interface BuiltInModules {
  'node:http': typeof Http
  'node:stream': typeof Stream
}

/**
 * A `fetch` over a Unix socket: that of Node takes none. The modules are asked for by name when they are needed, so that
 * a bundle for browsers has no import of them.
 * @throws {TypeError} where there is no `node:http`
 */
export function fetchOver(socketPath: string): typeof globalThis.fetch {
  const { request } = builtIn('node:http')
  const { Readable } = builtIn('node:stream')
  return async (input, init = {}) => {
    const { method = 'GET', headers, body, signal } = init
    const target = new URL(String(input))
    const options = { socketPath, path: `${target.pathname}${target.search}`, method, host: target.hostname }
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = { ...options, headers: Object.fromEntries(new Headers(headers)), ...(signal && { signal }) }
      request(sent).on('response', resolve).on('error', reject).end(body)
    })
    const { statusCode: status = 0, statusMessage: statusText = '' } = incoming
    const hasBody = status !== 204 && status !== 304
    if (!hasBody) incoming.resume()
    const content = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null
    return new Response(content, { status, statusText, headers: headersOf(incoming) })
  }
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return headers
}

function builtIn<Name extends keyof BuiltInModules>(name: Name): BuiltInModules[Name] {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
  const module = process?.getBuiltinModule?.(name)
  if (!module) throw new TypeError(`socketPath needs ${name}, as Node 20.16 and newer have it`)
  return module as BuiltInModules[Name]
}
