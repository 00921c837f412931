import type { ReadinessOf } from '../../readiness/kinds.ts'
import { compilePattern } from '../../readiness/linear-pattern.ts'
import type { ReadinessCheck } from './check.ts'
import { lines } from './lines.ts'
import { bounded } from './ready-info.ts'

/** How much of a line is matched. */
const maxPatternBytes = 4_096

/** A regular expression anywhere in the line; the app reports the named groups that took part in the match. */
export function pattern({ setting, options = {} }: ReadinessOf<'pattern'>): ReadinessCheck {
  const match = compilePattern(setting)
  return lines({
    ...{ awaited: `a line that matches ${setting}`, stream: options.stream ?? 'both', maxBytes: maxPatternBytes },
    test: line => {
      const groups = match(line)
      if (!groups || Object.keys(groups).length === 0) return groups
      const verdict = bounded(groups)
      return 'fault' in verdict ? { fault: `matched the pattern but what it captured ${verdict.fault}` } : verdict
    }
  })
}
