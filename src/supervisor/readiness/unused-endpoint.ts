import { portHolder } from '../processes/listeners.ts'
import { SpawnFailed } from '../processes/process-host.ts'
import { addressesOf, isOwn } from './address.ts'
import type { ReadinessCheck } from './check.ts'

/**
 * Before the start nobody of this session listens: who does would be taken for the app.
 * @throws {SpawnFailed} if a process listens where the app is expected
 */
export function requireUnused({ endpoint }: ReadinessCheck): void {
  if (!endpoint) return
  const { host, port } = endpoint
  for (const address of addressesOf(host).filter(isOwn)) {
    const holder = portHolder(port, address)
    if (holder) throw new SpawnFailed(`port ${port} is in use by ${holder}; if that is to answer, set ready.anyProcess`)
  }
}
