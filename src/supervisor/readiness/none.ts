import type { ReadinessCheck } from './check.ts'

export function none(): ReadinessCheck {
  return { awaited: 'nothing', streams: [], ready: async () => undefined }
}
