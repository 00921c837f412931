import type { IncomingMessage } from 'node:http'
import { whyNoAnswer } from './probe.ts'

/** The first byte of a TLS record: an alert, or a handshake. */
const tlsRecords: readonly (number | undefined)[] = [0x15, 0x16]

/** An answer that does not count, as a clause, with what can be done about it. */
export function inWords({ statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>): string {
  return `answered ${statusCode}${headers.location === undefined ? '' : `, to ${headers.location}`}${hint(statusCode)}`
}

function hint(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return ' (see ready.headers and ready.status)'
    case 404:
      return ' (is it the path of a page?)'
    default:
      return ''
  }
}

/** Why nothing answered in HTTP, as a clause. */
export function whyNoHttp(error: Error, signal: AbortSignal): string {
  const { code, rawPacket } = error as NodeJS.ErrnoException & { readonly rawPacket?: Uint8Array }
  if (!code?.startsWith('HPE_')) return whyNoAnswer(error, signal)
  return tlsRecords.includes(rawPacket?.[0])
    ? 'was answered in TLS, not in HTTP (set ready.tcp)'
    : 'was not answered in HTTP (set ready.tcp)'
}
