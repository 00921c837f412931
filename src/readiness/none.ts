import type { ReadinessKind } from './kind.ts'

/** No check: the app is ready when it has been spawned. */
export const none: ReadinessKind<true> = {
  schema: { const: true, description: 'ready once it is spawned' },
  faults: () => [],
  fill: setting => setting
}
