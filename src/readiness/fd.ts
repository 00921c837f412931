import type { ReadinessKind } from './kind.ts'

/** The number of a descriptor that the app gets, and on which it writes a newline, as under s6. */
export const fd: ReadinessKind<number> = {
  schema: {
    ...{ type: 'integer', minimum: 3, maximum: 255 },
    description: 'a descriptor that the app is given, and on which it writes a newline'
  },
  faults: () => [],
  fill: setting => setting
}
