import type { ReadinessKind } from './kind.ts'

/** No check: the app is ready when it has been spawned. */
export const none: ReadinessKind<true> = {
  schema: { const: true },
  faults: () => [],
  fill: setting => setting
}
