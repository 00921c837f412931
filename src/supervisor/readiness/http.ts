import type { ReadinessCheck } from './check.ts'
import { probe } from './probe.ts'

/** Does `url` answer with a 2xx or 3xx? */
export function http(url: string): ReadinessCheck {
  return probe(async signal => {
    // Loaded only for apps that need it.
    const { get } = await import('node:http')
    return await new Promise(resolve => {
      const request = get(url, { agent: false, signal }, response => {
        const status = response.statusCode ?? 0
        resolve(status >= 200 && status < 400)
        response.destroy()
      })
      request.on('error', () => resolve(false))
    })
  })
}
