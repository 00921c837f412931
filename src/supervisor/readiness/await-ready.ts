import type { ReadyInfo } from '../../session/session.ts'
import type { Output } from '../output/output.ts'
import type { Exit } from '../processes/process-host.ts'
import type { ReadinessCheck } from './check.ts'

/** The outcome of the start of an app. */
export type StartOutcome =
  | { readonly type: 'ready'; readonly ready?: ReadyInfo }
  | { readonly type: 'missed'; readonly message: string }
  | { readonly type: 'timeout'; readonly message: string }
  | { readonly type: 'stop' }

export interface Start {
  readonly check: ReadinessCheck
  readonly timeoutMs: number
  readonly output: Output
  readonly exited: Promise<Exit>
  /** Aborted when the session is to be stopped. */
  readonly stop: AbortSignal
}

/** The most lines that a start adds to the log: an app can write faulty lines without end. */
const maxRemarks = 10

/** Races readiness against exit, the end of stdout, the timeout and a stop. Fails closed; a stop wins over ready. */
export async function awaitReady(start: Start): Promise<StartOutcome> {
  const { check, output, stop } = start
  const over = new AbortController()
  const faults: string[] = []
  const refuse = (fault: string) => {
    if (faults.push(fault) <= maxRemarks) output.remark(`${fault}: it does not count`)
  }
  try {
    const ready = check.ready({ output, over: over.signal, refuse })
    const outcome = await Promise.race([
      ready.then((ready): StartOutcome => ({ type: 'ready', ...(ready && { ready }) })),
      ended(start, over.signal),
      timeout(start.timeoutMs, over.signal),
      stopped(stop, over.signal)
    ])
    return stop.aborted ? { type: 'stop' } : explained(outcome, faults)
  } finally {
    // With a reason, since the usual one is an error with a stack.
    over.abort('over')
  }
}

/** Adds the last faulty line to the message of a failed start, as its likely cause. */
function explained(outcome: StartOutcome, faults: readonly string[]): StartOutcome {
  if (!('message' in outcome) || faults.length === 0) return outcome
  return { ...outcome, message: `${outcome.message}; ${faults.slice(0, maxRemarks).at(-1)}` }
}

/**
 * An exit is handled after all output before it has been read, which may contain READY. Does not wait for it when the start
 * is over: it would keep all of the start in memory as long as the app runs.
 */
async function ended({ check, output, exited }: Start, over: AbortSignal): Promise<StartOutcome> {
  const closed = check.readsStdout ? [output.stdoutEnded] : []
  await Promise.race([exited, ...closed, aborted(over)])
  if (over.aborted) return { type: 'stop' }
  await output.drained()
  const exit = await Promise.race([exited, nothingWithin(reapDelayMs)])
  if (!exit) return { type: 'missed', message: 'it closed its stdout' }
  const how = 'signal' in exit ? `was ended by ${exit.signal}` : `exited with code ${exit.exitCode}`
  return { type: 'missed', message: `it ${how}` }
}

/** A process that exits closes its pipes a moment before it can be reaped: waits for the exit to report the true cause. */
const reapDelayMs = 50

function nothingWithin(ms: number): Promise<undefined> {
  return new Promise(resolve => setTimeout(resolve, ms, undefined))
}

function timeout(ms: number, over: AbortSignal): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>()
  const message = `it was not ready after ${ms} ms`
  const timer = setTimeout(resolve, ms, { type: 'timeout', message })
  over.addEventListener('abort', () => clearTimeout(timer))
  return promise
}

function stopped(stop: AbortSignal, over: AbortSignal): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>()
  const stopStart = () => resolve({ type: 'stop' })
  if (stop.aborted) stopStart()
  stop.addEventListener('abort', stopStart)
  // Not with the option `signal`: Node keeps that signal in memory as long as this one.
  over.addEventListener('abort', () => stop.removeEventListener('abort', stopStart))
  return promise
}

function aborted(over: AbortSignal): Promise<void> {
  return new Promise(resolve => over.addEventListener('abort', () => resolve()))
}
