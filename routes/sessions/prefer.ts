import { maxWaitMs } from './schema.ts'

/** How long the client prefers to wait: `wait=N` of RFC 7240, in milliseconds; undefined if it does not say. */
export function preferredWaitMs(header: string | readonly string[] | undefined): number | undefined {
  const preferences = [header ?? []].flat().flatMap(line => line.split(','))
  for (const preference of preferences) {
    const match = /^\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(;.*)?$/i.exec(preference)
    if (match) return Math.min(Number(match[1]) * 1000, maxWaitMs)
  }
  return undefined
}
