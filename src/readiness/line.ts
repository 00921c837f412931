import { type ReadinessKind, someText } from './kind.ts'

/** A line, alone or followed by a blank and a JSON object. */
export const line: ReadinessKind<string> = {
  schema: { ...someText, description: 'a line, alone or followed by a blank and a JSON object' },
  faults: () => [],
  fill: (setting, fill) => fill(setting)
}
