import { setTimeout as delay } from 'node:timers/promises'
import type { ReadyInfo } from '../../session/session.ts'
import type { AppMessages } from '../app-messages/app-messages.ts'
import { Deadline } from '../deadline.ts'
import type { Output } from '../output/output.ts'
import type { Exit, ProcessHost, ProcessTree } from '../processes/process-host.ts'
import type { StopCause } from '../stop-cause.ts'
import { treeGone } from '../tree-gone.ts'
import type { Attempt, ReadinessCheck } from './check.ts'
import { elsewhere } from './elsewhere.ts'
import { explain } from './explain.ts'
import { Written } from './written.ts'

/** The outcome of the start of an app. */
export type StartOutcome =
  | { readonly type: 'ready'; readonly ready?: ReadyInfo }
  | { readonly type: 'missed'; readonly message: string }
  | { readonly type: 'timeout'; readonly message: string }
  /** The app says that it has failed, as one that is ready can, too. */
  | { readonly type: 'ending'; readonly cause: StopCause }
  /** The app was never to be ready, and has exited. */
  | { readonly type: 'exited' }
  | { readonly type: 'stop' }

export interface Start {
  readonly tree: ProcessTree
  readonly host: ProcessHost
  readonly spawnBeside: Attempt['spawnBeside']
  readonly check: ReadinessCheck
  readonly timeoutMs: number
  /** Whether the first process can exit with code 0, and leave others that get ready. */
  readonly daemonizes: boolean
  readonly output: Output
  readonly messages?: AppMessages | undefined
  /** Aborted when the session is to be stopped. */
  readonly stop: AbortSignal
}

/** The most lines that a start adds to the log: an app can write faulty lines without end. */
const maxRemarks = 10

/** Races readiness against exit, the end of stdout, the timeout and a stop. Fails closed; a stop wins over ready. */
export async function awaitReady(start: Start): Promise<StartOutcome> {
  const { check, output, stop, tree, host, spawnBeside, messages } = start
  const over = new AbortController()
  const faults: string[] = []
  const refuse = (fault: string) => {
    if (faults.push(fault) <= maxRemarks) output.remark(`${fault}: it does not count`)
  }
  const written = new Written(output, check, over.signal)
  try {
    const ready = check.ready({ tree, host, spawnBeside, output, messages, over: over.signal, refuse })
    const outcome = await Promise.race([
      ready.then((ready): StartOutcome => ({ type: 'ready', ...(ready && { ready }) })),
      ...(messages ? [messages.ending.then((cause): StartOutcome => ({ type: 'ending', cause }))] : []),
      ended(start, over.signal),
      ...(check.isUntilExit ? [] : [timeout(start, over.signal)]),
      stopped(stop, over.signal)
    ])
    if (stop.aborted) return { type: 'stop' }
    const fault = faults.slice(0, maxRemarks).at(-1)
    if (!('message' in outcome)) return outcome
    const place = await elsewhere(check.places, start)
    return { ...outcome, message: explain(outcome, { check, written, fault, place }) }
  } finally {
    // With a reason, since the usual one is an error with a stack.
    over.abort('over')
  }
}

/**
 * An exit is handled after all output before it has been read, which may contain READY. Does not wait for it when the start
 * is over: it would keep all of the start in memory as long as the app runs.
 */
async function ended(
  { tree, host, check, output, messages, daemonizes }: Start,
  over: AbortSignal
): Promise<StartOutcome> {
  const { exited } = tree
  const [first, ...more] = check.streams.map(stream => output.ended[stream])
  const closed = first && more.length > 0 ? Promise.all([first, ...more]) : first
  await Promise.race([exited, ...(closed ? [closed] : []), aborted(over)])
  if (over.aborted) return { type: 'stop' }
  await (messages ?? output).drained()
  const exit = await Promise.race([exited, delay(reapDelayMs)])
  if (check.isUntilExit && exit) return { type: 'exited' }
  if (daemonizes && exit && isSuccess(exit))
    await Promise.race([treeGone(tree, host, over), ...(closed ? [closed] : [])])
  return { type: 'missed', message: exit ? described(exit) : `it closed its ${check.streams.join(' and its ')}` }
}

function isSuccess(exit: Exit): boolean {
  return 'exitCode' in exit && exit.exitCode === 0
}

function described(exit: Exit): string {
  return 'signal' in exit ? `it was ended by ${exit.signal}` : `it exited with code ${exit.exitCode}`
}

/** A process that exits closes its pipes a moment before it can be reaped: waits for the exit to report the true cause. */
const reapDelayMs = 50

async function timeout({ timeoutMs, messages }: Start, over: AbortSignal): Promise<StartOutcome> {
  const deadline = new Deadline(timeoutMs)
  messages?.mayExtend(deadline)
  over.addEventListener('abort', () => deadline.close())
  await deadline.passed
  return { type: 'timeout', message: `waited ${inWords(deadline.totalMs)}` }
}

/** A duration as people say it. */
function inWords(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`
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
