import type { ReadyInfo } from '../../session/session.ts'

/** What a line of stdout means: that the app is ready, or why the line does not count although it looks like readiness. */
export type Verdict = { readonly ready?: ReadyInfo } | { readonly fault: string }

/** The maximum length as JSON, since it is stored and sent with every event of the session. */
const maxReadyBytes = 8_192

const maxReadyDepth = 16

const tooLarge = { fault: `is too large (over ${maxReadyBytes} bytes)` }

export function parseReady(json: string): Verdict {
  if (Buffer.byteLength(json) > maxReadyBytes) return tooLarge
  try {
    return bounded(JSON.parse(json))
  } catch {
    return { fault: 'is broken' }
  }
}

/** What the app reported, if it is an object within the bounds. */
export function bounded(value: unknown): Verdict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'is no object' }
  if (isDeeper(value, maxReadyDepth)) return { fault: `is too deep (over ${maxReadyDepth} levels)` }
  // As JSON it can be longer than the line: 1e20, or groups that contain each other.
  if (Buffer.byteLength(JSON.stringify(value)) > maxReadyBytes) return tooLarge
  return { ready: value as ReadyInfo }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(member => isDeeper(member, levels - 1))
}
