import type { ReadyInfo } from '../../session/session.ts'

/** What a line of stdout says about readiness: that the app is ready, or why it does not count though it looks so. */
export type Verdict = { readonly ready?: ReadyInfo } | { readonly fault: string }

/** Of JSON. What an app tells is kept, sent and shown with its session again and again. */
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

/** What the app told, if it is an object within the bounds. */
export function bounded(value: unknown): Verdict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'is no object' }
  if (isDeeper(value, maxReadyDepth)) return { fault: `is too deep (over ${maxReadyDepth} levels)` }
  // Written out it may be longer than it was: 1e20, or a group that another one contains.
  if (Buffer.byteLength(JSON.stringify(value)) > maxReadyBytes) return tooLarge
  return { ready: value as ReadyInfo }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(member => isDeeper(member, levels - 1))
}
