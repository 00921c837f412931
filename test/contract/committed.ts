import { readFileSync } from 'node:fs'
import { Contract } from './contract.ts'

/** The OpenAPI document as it is committed. */
export const openapi = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'))

const contract = new Contract(openapi)

const patterns = contract.paths.map(path => [path, new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)] as const)

/** For gateways in processes of their own. @throws where the answer is not as openapi.yaml says */
export async function checkResponse(url: string, method = 'GET', response: Response): Promise<void> {
  const contentType = response.headers.get('content-type') ?? undefined
  const [pathname = ''] = url.split('?')
  const [path = pathname] = patterns.find(([, pattern]) => pattern.test(pathname)) ?? []
  const body = /[/+]json/.test(contentType ?? '') ? await response.clone().text() : undefined
  const fault = contract.fault({ method, path, status: response.status, contentType, body })
  if (fault) throw new Error(`${method} ${url}: ${response.status}: ${fault}\n  ${body}`)
}
