import { setTimeout as delay } from 'node:timers/promises'
import type { FactInput, ProcessIdentity } from '../../protocol/fact.ts'
import type { Restart } from '../../protocol/launch.ts'
import type { LastRun, Stop, TotalUsage } from '../../session/session.ts'
import type { SessionLogWriter } from '../output/log-writer.ts'
import { causeOf } from '../stop-cause.ts'
import { beforeRestarts, type Decision, decideRestart } from './decide.ts'
import { following } from './following.ts'
import { isMissing } from './is-missing.ts'
import { sumOf } from './total-usage.ts'

/** A run that is over, or is to be. */
export interface OverRun {
  readonly why: Pick<Stop, 'reason' | 'initiator' | 'message' | 'exitCode'>
  /** No other run follows, whatever the policy says. */
  readonly isFinal?: boolean
  /** Ends what is left of its tree; says that the session stops if it does. */
  readonly finish: (isLast: boolean) => Promise<Stop>
  /** Is a program not there? Another run would fail likewise. */
  readonly isMissing?: boolean
}

type RecordFact = (input: FactInput, leader?: ProcessIdentity) => void

interface Runner {
  readonly stop: AbortSignal
  readonly kill: AbortSignal
  readonly record: RecordFact
}

export interface RepeatedSession extends Runner {
  readonly policy: Restart
  readonly log: SessionLogWriter
  /** Begins a run; resolves when it is over. Rejects if nothing could be started. */
  readonly begin: (run: number, runner: Runner) => Promise<OverRun>
}

type TimedRun = OverRun & { readonly startedAt: number; readonly readyAt?: number }

/** Runs a session again and again, as its policy decides. Resolves with the end of its last run. */
export async function runAgain(session: RepeatedSession): Promise<Stop> {
  const { policy, stop, record, log } = session
  let state = beforeRestarts
  let usage: TotalUsage | undefined
  for (let run = 1; ; run++) {
    if (run > 1) record({ type: 'start', time: Date.now(), run })
    const over = await runTimed(session, run)
    const now = Date.now()
    const { isMissing = false, isFinal = false, startedAt } = over
    const end = { ...over.why, ranMs: now - startedAt, isMissing, isFinal }
    const decision: Decision = stop.aborted
      ? { type: 'end' }
      : decideRestart(state, end, { policy, now, chance: Math.random() })
    const finished = await over.finish(decision.type === 'end')
    usage = sumOf(usage, finished.usage)
    const result = { ...finished, ...(usage && { usage }) }
    if (decision.type === 'end') return explained(result, decision.why)
    // It came while what the run had left behind was ended.
    if (stop.aborted) return { ...result, ...causeOf(stop) }
    state = decision.state
    const lastRun = lastRunOf(run, over, result)
    announce(session, decision, lastRun)
    await delay(decision.delayMs, undefined, { signal: stop }).catch(() => {})
    if (stop.aborted) return { ...causeOf(stop), signalsSent: [], ...(usage && { usage }), survivors: 0 }
    log.remark(`run ${run + 1} begins`)
  }
}

async function runTimed({ begin, record, ...session }: RepeatedSession, run: number): Promise<TimedRun> {
  const [stop, kill] = [following(session.stop), following(session.kill)]
  const startedAt = Date.now()
  let readyAt: number | undefined
  const runner: Runner = {
    stop: stop.signal,
    kill: kill.signal,
    record: (input, leader) => {
      if (input.type === 'ready') readyAt = input.time
      record(input, leader)
    }
  }
  const release = () => {
    stop.release()
    kill.release()
  }
  const over = await begin(run, runner).catch(notStarted)
  const finish = (isLast: boolean) => over.finish(isLast).finally(release)
  return { ...over, finish, startedAt, ...(readyAt !== undefined && { readyAt }) }
}

/** A run of which nothing could be started. */
export function notStarted(error: Error): OverRun & { readonly isMissing: boolean } {
  const why = { reason: 'spawnFailed', initiator: 'gateway', message: error.message } as const
  return { why, finish: async () => ({ ...why, signalsSent: [], survivors: 0 }), isMissing: isMissing(error) }
}

function lastRunOf(run: number, { startedAt, readyAt }: TimedRun, { reason, exitCode, signal }: Stop): LastRun {
  return {
    ...{ run, reason },
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(readyAt !== undefined && { readyMs: Math.max(0, readyAt - startedAt) }),
    ranMs: Math.max(0, Date.now() - startedAt)
  }
}

function announce(
  { policy, record, log }: RepeatedSession,
  decision: Decision & { type: 'restart' },
  lastRun: LastRun
) {
  const { attempt, delayMs } = decision
  const { run, reason, exitCode, signal } = lastRun
  const end = exitCode === undefined ? (signal ?? reason) : `exit code ${exitCode}`
  const limit = policy.max === 0 ? '' : ` of ${policy.max}`
  log.remark(
    `run ${run} ended: ${reason === 'exited' ? end : `${reason}, ${end}`}; restart ${attempt}${limit} in ${delayMs} ms`
  )
  const time = Date.now()
  const of = policy.max === 0 ? {} : { of: policy.max }
  record({ type: 'restart', time, at: time + delayMs, attempt, ...of, lastRun })
}

function explained(stop: Stop, why: string | undefined): Stop {
  return why === undefined ? stop : { ...stop, message: [stop.message, why].filter(Boolean).join('; ') }
}
