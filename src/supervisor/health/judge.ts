import type { HealthStatus } from '../../session/update.ts'

/** What the checks of a run have shown so far. */
export interface Judgement {
  /** Absent until a check has succeeded, or enough have failed. */
  readonly status?: HealthStatus
  /** When it got this status, in epoch milliseconds. */
  readonly since?: number
  /** Failed checks since the last one that succeeded. */
  readonly failures: number
  /** What the last of them saw, as a clause. */
  readonly fault?: string
  /** Did one of them see anything else? */
  readonly isMixed?: boolean
}

export interface Finding {
  /** What a check saw in place of a healthy app, as a clause. */
  readonly fault: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

export const beforeChecks: Judgement = { failures: 0 }

/** Pure: what a check makes of it. One that succeeds wipes out all failures before it; `limit` in a row are unhealthy. */
export function judge(before: Judgement, { fault, now }: Finding, limit: number): Judgement {
  if (fault === undefined) return { ...withStatus(before, 'healthy', now), failures: 0 }
  const failures = before.failures + 1
  const isMixed = before.isMixed || (before.fault !== undefined && before.fault !== fault)
  const status = failures < limit ? before.status : 'unhealthy'
  return { ...withStatus(before, status, now), failures, fault, ...(isMixed && { isMixed }) }
}

/** Is there something to tell? What follows once it is unhealthy is not, until it is healthy again. */
export function isNews(before: Judgement, now: Judgement): boolean {
  if (now.failures > 0) return now.status !== 'unhealthy' || before.status !== 'unhealthy'
  return before.failures > 0 || before.status === undefined
}

/** What was seen, how often, and what is awaited, as a sentence for people; undefined if the last check succeeded. */
export function describe({ failures, fault, isMixed }: Judgement, awaited: string): string | undefined {
  if (fault === undefined) return undefined
  const times = failures === 1 ? '' : `, ${failures} times in a row`
  const seen = isMixed ? `${failures} checks in a row failed, at last: ${fault}` : `${fault}${times}`
  return `${seen}; expected ${awaited}`
}

function withStatus({ status: old, since }: Judgement, status: HealthStatus | undefined, now: number) {
  if (status === undefined) return {}
  return { status, since: status === old && since !== undefined ? since : now }
}
