/** What an app says of itself, by a line of its output or by a datagram. */
export type AppMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly percent?: number; readonly text?: string }
  /** It needs this time from now, for its start or for its end. */
  | { readonly type: 'extend'; readonly ms: number }
  | { readonly type: 'fail'; readonly message: string }
  | { readonly type: 'stopping' }
  | { readonly type: 'errno'; readonly errno: number }
  /** Its watchdog: it is alive, it has found out that it is not, or it will report at another interval. */
  | { readonly type: 'alive' }
  | { readonly type: 'stuck' }
  | { readonly type: 'aliveEvery'; readonly ms: number }

/** An app can ask for no more at once, in milliseconds. */
const longestMs = 86_400_000

const maxProgressText = 500
const maxFailText = 1_024

export function progressText(text: string): string {
  return bounded(text, maxProgressText)
}

export function failText(text: string): string {
  return bounded(text, maxFailText)
}

export function boundedMs(ms: number): number {
  return Math.min(ms, longestMs)
}

function bounded(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  // Not between the two halves of a surrogate pair.
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
