import { type ReadinessKind, someText } from './kind.ts'

/** The path of a file that the app makes or changes; a relative one is relative to the working folder of the app. */
export const file: ReadinessKind<string> = {
  schema: { ...someText, description: 'the path of a file that the app makes or changes' },
  faults: () => [],
  fill: (setting, fill) => fill(setting)
}
