import type { ReadinessCheck } from './check.ts'

export function none(): ReadinessCheck {
  return { readsStdout: false, ready: async () => undefined }
}
