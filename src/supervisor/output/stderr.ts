import { textLines } from '../../output-lines.ts'
import type { Output } from './output.ts'

const linesPerSecond = 10
const maxLineLength = 1_000

/** Passes stderr lines on, at most ten a second, so that a flood can't fill the gateway's log; counts the lines left out. */
export function reportStderr(output: Output, warn: (line: string, omitted: number) => void): void {
  let windowStart = Number.NEGATIVE_INFINITY
  let allowed = 0
  let omitted = 0
  output.onLines('stderr', ({ bytes, lines }) => {
    const now = performance.now()
    if (now - windowStart >= 1_000) {
      windowStart = now
      allowed = linesPerSecond
    }
    let passed = 0
    for (const line of allowed > 0 ? textLines(bytes) : []) {
      warn(line.slice(0, maxLineLength), omitted)
      omitted = 0
      passed++
      if (--allowed === 0) break
    }
    omitted += lines - passed
  })
}
