import { type ReadinessKind, someText } from './kind.ts'
import { compilePattern } from './linear-pattern.ts'

/** A regular expression that a line matches. */
export const pattern: ReadinessKind<string> = {
  schema: { ...someText, description: 'a regular expression that a line matches' },
  faults: setting => {
    try {
      compilePattern(setting)
      return []
    } catch (error) {
      return [`is not a pattern that can be run in linear time: ${(error as Error).message}`]
    }
  },
  fill: (setting, fill) => fill(setting, 'pattern')
}
