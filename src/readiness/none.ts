import type { ReadinessKind } from './kind.ts'

/** Nothing is asked: the app is ready when it has been started. */
export const none: ReadinessKind<true> = {
  schema: { const: true },
  faults: () => [],
  fill: setting => setting
}
