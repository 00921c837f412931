import { type ReadinessKind, someText } from './kind.ts'

/** A line of stdout, alone or followed by a blank and a JSON object. */
export const line: ReadinessKind<string> = {
  schema: someText,
  faults: () => [],
  fill: setting => setting
}
