import type { IncomingMessage, RequestOptions } from 'node:http'
import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { ReadyOptions } from '../../readiness/options.ts'
import { addressesOf, placesOf, whoAnswers } from './address.ts'
import type { Circumstances } from './check.ts'
import { inWords, whyNoHttp } from './http-answer.ts'
import type { Probe } from './probe.ts'

/** Does a URL answer with a status that counts? */
export function http({ setting, options = {} }: ReadinessOf<'http'>, { ports: given }: Circumstances): Probe {
  const url = new URL(setting)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port || 80)
  const mustBeOwn = given.includes(port) && !options.anyProcess
  return {
    awaited: `an answer with ${wantedStatus(options)}`,
    options,
    places: placesOf(host, port),
    ...(!given.includes(port) && !options.anyProcess && { endpoint: { host, port } }),
    async attempt(signal, start) {
      let missing: string | undefined
      for (const address of addressesOf(host)) {
        const answer = await ask(url, { hostname: address, signal, headers: { host: url.host, ...options.headers } })
        if (typeof answer === 'string') missing ??= `GET ${setting} ${answer}`
        else if (!counts(answer.statusCode ?? 0, options)) missing = `GET ${setting} ${inWords(answer)}`
        else missing = mustBeOwn ? await whoAnswers({ address, port }, start) : undefined
        if (missing === undefined) return undefined
      }
      return missing
    }
  }
}

/** The head of the answer, or why there is none. */
async function ask(
  url: URL,
  options: RequestOptions & { readonly signal: AbortSignal }
): Promise<IncomingMessage | string> {
  // Loaded only for apps that need it.
  const { get } = await import('node:http')
  return await new Promise(resolve => {
    const request = get(url, { ...options, agent: false }, response => {
      resolve(response)
      response.destroy()
    })
    request.on('error', error => resolve(whyNoHttp(error, options.signal)))
  })
}

function counts(answer: number, { status }: ReadyOptions): boolean {
  if (status === undefined) return answer >= 200 && answer < 400
  return [status].flat().includes(answer)
}

function wantedStatus({ status }: ReadyOptions): string {
  return status === undefined ? '2xx or 3xx' : [status].flat().join(' or ')
}
