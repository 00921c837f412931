import type { Launch } from '../../protocol/launch.ts'
import { fillReadiness } from '../../readiness/kinds.ts'
import type { Told } from '../../session/update.ts'
import type { Output } from '../output/output.ts'
import { fillerOf, type PlaceholderValues } from '../placeholders.ts'
import type { Circumstances } from '../readiness/check.ts'
import { probeOf } from '../readiness/checks.ts'
import type { Probe, Probed } from '../readiness/probe.ts'
import type { StopCause } from '../stop-cause.ts'
import { HealthWatch } from './health-watch.ts'
import { describe, type Judgement } from './judge.ts'

/** What asks the app whether it works; undefined if it is not checked. */
export function healthProbe(
  { health }: Launch,
  values: PlaceholderValues,
  circumstances: Circumstances
): Probe | undefined {
  return health && probeOf(fillReadiness(health.probe, fillerOf(values)), circumstances)
}

export interface CheckedSession {
  readonly probe: Probe
  readonly launch: Launch
  readonly session: Probed
  readonly output: Output
  readonly tell: (told: Told) => void
}

/**
 * Checks an app until its run has ended, or is so unhealthy that it is to be ended. Resolves with the cause once no check
 * is under way, so that none is taken for what the app has left behind.
 */
export async function whileHealthy(ended: Promise<StopCause>, checked: CheckedSession): Promise<StopCause> {
  const { probe, session, launch } = checked
  const { health: checks } = launch
  if (!checks) return await ended
  const { promise: unhealthy, resolve } = Promise.withResolvers<StopCause>()
  const watch = new HealthWatch({
    ...{ session, probe, checks },
    news: (judgement, before) => {
      const message = describe(judgement, probe.awaited)
      report({ judgement, before, message }, checked)
      const isOver = judgement.status === 'unhealthy' && checks.action !== 'report'
      if (isOver) resolve({ reason: 'unhealthy', initiator: 'gateway', ...(message && { message }) })
    }
  })
  const cause = await Promise.race([ended, unhealthy])
  await watch.end()
  return cause
}

interface News {
  readonly judgement: Judgement
  readonly before: Judgement
  readonly message: string | undefined
}

/** Tells the gateway, and the session's log what matters there. */
function report({ judgement, before, message: plain }: News, { output, tell }: CheckedSession): void {
  const { status, since, failures } = judgement
  const message = plain && (output.mask?.text(plain) ?? plain)
  if (status && since !== undefined) {
    const known = { ...(failures > 0 && { failures }), ...(message && { message }) }
    tell({ health: { status, since: new Date(since).toISOString(), ...known } })
  }
  if (status === 'unhealthy') output.remark(`unhealthy: ${message}`)
  else if (failures === 1) output.remark(`a health check failed: ${message}`)
  else if (failures === 0 && before.failures > 0) output.remark(`healthy again, after ${failed(before.failures)}`)
}

function failed(checks: number): string {
  return checks === 1 ? 'one failed check' : `${checks} failed checks`
}
