import { STATUS_CODES } from 'node:http'
import { type GatewayError, InvalidRequest, MethodNotAllowed, NotFound } from '../gateway/errors.ts'
import { toJson } from './json.ts'
import { problems } from './problems.ts'

/** The methods of a path; none if nothing is served there. */
export type MethodsOf = (path: string) => readonly string[]

/** What Node's parser says of a request that it can't parse. */
export interface ParserError extends Error {
  readonly code?: string
  readonly bytesParsed?: number
  readonly rawPacket?: unknown
}

interface Malformed {
  readonly error: ParserError
  readonly methodsOf: MethodsOf
  readonly reqId: string
}

/** The raw answer to a request that Node can't parse, and that reaches no route. */
export function answerToMalformed({ error, methodsOf, reqId }: Malformed): string {
  const refused = refusalOf(error, methodsOf)
  const { status, title } = problems[refused.error.code]
  const { message: detail, code, members } = refused.error
  const body = toJson({ type: `/problems/${code}`, code, title, status, detail, instance: refused.path, ...members })
  const allow = refused.error instanceof MethodNotAllowed ? `\r\nAllow: ${refused.error.allow.join(', ')}` : ''
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\nX-Request-Id: ${reqId}\r\nConnection: close`
  return `${head}${allow}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

interface Refusal {
  readonly error: GatewayError
  readonly path: string
}

/** Node does not know every method that HTTP allows: such a request is refused like one with another wrong method. */
function refusalOf(error: ParserError, methodsOf: MethodsOf): Refusal {
  const [method, path] = requestLineOf(error)
  const refusal = (error: GatewayError) => ({ error, path: path ?? '' })
  if (method === undefined || path === undefined) return refusal(new InvalidRequest([], error.message))
  const methods = methodsOf(path)
  return refusal(methods.length === 0 ? new NotFound(path) : new MethodNotAllowed(method, methods))
}

function requestLineOf({ code, bytesParsed = 0, rawPacket }: ParserError): readonly string[] {
  if (code !== 'HPE_INVALID_METHOD' || !Buffer.isBuffer(rawPacket)) return []
  const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) (\/[^ ?\r\n]{0,1000})[^ \r\n]* HTTP\/1\.[01]\r?\n/
  const [, method, path] = line.exec(rawPacket.toString('latin1', 0, 4_096)) ?? []
  // A later request in the same packet can be the invalid one.
  return method && path && bytesParsed <= method.length ? [method, path] : []
}
