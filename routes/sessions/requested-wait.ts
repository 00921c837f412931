import type { FastifyRequest } from 'fastify'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { maxWaitMs } from './schema.ts'

interface RequestedWait {
  /** Undefined if the client does not ask for a wait. */
  readonly timeoutMs?: number | undefined
  /** The value of `Preference-Applied`, if the client asked with `Prefer`. */
  readonly preference?: string
}

/** How long a launch or a stop is to wait for its result: by `waitMs`, or by `Prefer: wait=N` of RFC 7240, in seconds. */
export function requestedWait({ headers, query }: FastifyRequest): RequestedWait {
  const timeoutMs = preferredMs(headers.prefer)
  if (timeoutMs === undefined) return { timeoutMs: (query as { readonly waitMs?: number }).waitMs }
  return { timeoutMs, preference: `wait=${timeoutMs / 1000}` }
}

/** @throws {InvalidRequest} if the client asks in both ways */
export async function refuseTwoWaits({ headers, query }: FastifyRequest): Promise<void> {
  if (preferredMs(headers.prefer) === undefined || (query as { waitMs?: string }).waitMs === undefined) return
  throw new InvalidRequest([{ pointer: '/query/waitMs', detail: 'is given besides the header Prefer' }])
}

function preferredMs(header: string | readonly string[] | undefined): number | undefined {
  const preferences = [header ?? []].flat().flatMap(line => line.split(','))
  for (const preference of preferences) {
    const match = /^\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(;.*)?$/i.exec(preference)
    if (match) return Math.min(Number(match[1]) * 1000, maxWaitMs)
  }
  return undefined
}
