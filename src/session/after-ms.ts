/** What a grace of some milliseconds would leave for cleaning up is too little. */
const leastMs = 5_000

/** How long the commands after the end of an app take at most together, in milliseconds. */
export function afterMs(stopGraceMs: number): number {
  return Math.max(stopGraceMs, leastMs)
}
