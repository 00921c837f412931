import { type ReadinessKind, someText } from './kind.ts'

/** A command that exits with code 0 when the app is ready, run in the session's tree with the environment of the app. */
export const command: ReadinessKind<readonly string[]> = {
  schema: {
    ...{ type: 'array', items: { ...someText, minLength: 0 }, minItems: 1 },
    description: 'a command, as an argv, that exits with code 0 when the app is ready'
  },
  faults: ([program]) => (program === '' ? ['must name a program'] : []),
  fill: (setting, fill) => setting.map(part => fill(part))
}
