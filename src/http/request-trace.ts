import { randomUUID } from 'node:crypto'

/** The members of log lines that name the request. */
export interface RequestTrace {
  readonly reqId: string
  /** The trace that the request is part of. */
  readonly traceId?: string
}

type Header = string | readonly string[] | undefined

/** The id that a client gave its request, or a new one. */
export function requestIdOf(header: Header): string {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(header) ? header : randomUUID()
}

/** The trace id of a `traceparent` of W3C Trace Context, of this version or a later one; undefined if it is none. */
export function traceIdOf(header: Header): string | undefined {
  if (typeof header !== 'string') return undefined
  const [, version, traceId, parentId, rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/.exec(header) ?? []
  const isInvalid = version === 'ff' || isZero(traceId) || isZero(parentId) || (version === '00' && rest)
  return isInvalid ? undefined : traceId
}

function isZero(id = ''): boolean {
  return /^0+$/.test(id)
}
