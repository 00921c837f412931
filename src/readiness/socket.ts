import { type ReadinessKind, someText } from './kind.ts'

/** The path of a Unix socket that accepts connections; a relative one is relative to the working folder of the app. */
export const socket: ReadinessKind<string> = {
  schema: { ...someText, description: 'the path of a Unix socket that accepts a connection' },
  faults: () => [],
  fill: (setting, fill) => fill(setting)
}
