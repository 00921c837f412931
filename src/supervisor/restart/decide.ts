import type { Restart } from '../../protocol/launch.ts'
import { hasFailed } from '../../session/failure.ts'
import type { Stop } from '../../session/session.ts'

/** How a run ended. */
export type RunEnd = Pick<Stop, 'reason' | 'initiator' | 'exitCode'> & {
  readonly ranMs: number
  /** Its program is not there: another run would fail likewise. */
  readonly isMissing?: boolean
  /** The session is to end with it, whatever the policy says. */
  readonly isFinal?: boolean
}

/** What is remembered between the runs of a session. */
export interface RestartState {
  /** The restarts that count, in epoch milliseconds. */
  readonly restarts: readonly number[]
  /** How many runs in a row were shorter than the window: the delay doubles with each. */
  readonly shortRuns: number
}

/** `why` completes a sentence for people. */
export type Decision =
  | { readonly type: 'end'; readonly why?: string }
  | { readonly type: 'restart'; readonly delayMs: number; readonly attempt: number; readonly state: RestartState }

export interface RestartMoment {
  /** Epoch milliseconds. */
  readonly now: number
  /** From 0 to 1: where the delay lies between 80 % and 120 %. */
  readonly chance: number
}

export const beforeRestarts: RestartState = { restarts: [], shortRuns: 0 }

/** Pure: does another run follow one that ended like this, and when? */
export function decideRestart(
  state: RestartState,
  end: RunEnd,
  { policy, now, chance }: RestartMoment & { readonly policy: Restart }
): Decision {
  const { max, windowMs } = policy
  const refusal = refuse(end, policy)
  if (refusal) return refusal
  // Those before the window do not count, and without a limit none needs to be remembered.
  const restarts = max === 0 ? [] : state.restarts.filter(time => time > now - windowMs)
  if (max > 0 && restarts.length >= max) {
    return { type: 'end', why: `it was restarted ${max} times within ${windowMs / 1_000} s, as often as it may be` }
  }
  const shortRuns = end.ranMs >= windowMs ? 0 : state.shortRuns
  return {
    type: 'restart',
    delayMs: delayOf(policy, shortRuns, chance),
    attempt: max === 0 ? shortRuns + 1 : restarts.length + 1,
    state: { restarts: max === 0 ? [] : [...restarts, now], shortRuns: shortRuns + 1 }
  }
}

function refuse(end: RunEnd, { on, exceptExitCodes }: Restart): Decision | undefined {
  const { exitCode } = end
  if (end.isFinal || !isAsked(end, on)) return { type: 'end' }
  if (end.isMissing) return { type: 'end', why: 'a program that is missing is not tried again' }
  if (exitCode === undefined || !exceptExitCodes.includes(exitCode)) return undefined
  return { type: 'end', why: `exit code ${exitCode} is among its exceptExitCodes` }
}

function isAsked(end: RunEnd, on: Restart['on']): boolean {
  if (on === 'unhealthy') return end.reason === 'unhealthy'
  const isOwnEnd = end.reason === 'exited' || end.reason === 'completed'
  return hasFailed(end) || (isOwnEnd && on === 'always')
}

/** Doubled with each short run, and 20 % more or less, so that many sessions do not restart at once. */
function delayOf({ backoffMs, maxBackoffMs }: Restart, shortRuns: number, chance: number): number {
  const delayMs = Math.min(backoffMs * 2 ** Math.min(shortRuns, 32), maxBackoffMs)
  return Math.round(delayMs * (0.8 + 0.4 * chance))
}
