import type { ReadinessKind } from './kind.ts'

/** A job is never ready: it is done when it exits. */
export const exit: ReadinessKind<true> = {
  schema: { const: true, description: 'of a job: it is never ready, and done when it exits' },
  faults: () => [],
  fill: setting => setting
}
