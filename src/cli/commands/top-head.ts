import type { GatewayClient, Stats } from '../../../clients/typescript/src/client.ts'
import { durationText } from '../terminal/duration.ts'

type Gateway = Awaited<ReturnType<GatewayClient['gateway']>>

/** What is told above the sessions. */
export interface Head {
  readonly gateway: Gateway
  readonly stats: Stats
}

export async function readHead(client: GatewayClient): Promise<Head> {
  const [gateway, stats] = await Promise.all([client.gateway(), client.stats()])
  return { gateway, stats }
}

/** Two lines about the gateway. */
export function headLines({ gateway, stats }: Head): string[] {
  const { version, startedAt, ready, problem, limits } = gateway
  const state = ready ? 'ready' : `can’t launch: ${problem ?? 'not ready'}`
  const total = (member: 'launched' | 'ready' | 'stopped' | 'failed') =>
    stats.buckets.reduce((sum, bucket) => sum + bucket[member], 0)
  return [
    `weft-gateway ${version}, up ${durationText(Date.now() - Date.parse(startedAt))}, ${state}; at most ${limits.maxSessions} sessions`,
    `in the last hour: ${total('launched')} launched, ${total('ready')} ready, ${total('stopped')} stopped, ${total('failed')} failed`
  ]
}
