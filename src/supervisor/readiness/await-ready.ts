import type { Readiness } from '../../protocol/messages.ts'
import type { ReadyInfo } from '../../session/session.ts'
import { textLines } from '../../session-log/line-batcher.ts'
import type { Output } from '../output/output.ts'
import type { Exit } from '../processes/process-host.ts'
import { exactLine, type LineTest, linePattern } from './line.ts'
import { httpAnswers, probe, tcpAnswers } from './probe.ts'

/** How the start of an app came out. */
export type StartOutcome =
  | { readonly type: 'ready'; readonly ready?: ReadyInfo }
  | { readonly type: 'missed'; readonly message: string }
  | { readonly type: 'timeout' }
  | { readonly type: 'stop' }

export interface Start {
  readonly check: ReadinessCheck
  readonly timeoutMs: number
  readonly output: Output
  readonly exited: Promise<Exit>
  /** Aborted when somebody wants the session stopped. */
  readonly stop: AbortSignal
}

/** How to find out: from what stdout says, by asking, or not at all. */
export type ReadinessCheck =
  | { readonly kind: 'stdout'; readonly test: LineTest }
  | { readonly kind: 'probe'; readonly attempt: (signal: AbortSignal) => Promise<boolean> }
  | { readonly kind: 'none' }

/** @throws {SyntaxError} where a pattern is no regular expression. */
export function checkOf(readiness: Readiness): ReadinessCheck {
  switch (readiness.kind) {
    case 'none':
      return { kind: 'none' }
    case 'tcp':
      return { kind: 'probe', attempt: tcpAnswers(readiness.address) }
    case 'http':
      return { kind: 'probe', attempt: httpAnswers(readiness.url) }
    case 'line':
      return { kind: 'stdout', test: exactLine(readiness.line) }
    case 'pattern':
      return { kind: 'stdout', test: linePattern(readiness.pattern) }
  }
}

/** Races readiness against exit, the end of stdout, the timeout and a stop. Fails closed, and a stop wins. */
export async function awaitReady(start: Start): Promise<StartOutcome> {
  const over = new AbortController()
  try {
    const outcome = await Promise.race([
      ready(start, over.signal),
      ended(start),
      timeout(start.timeoutMs, over.signal),
      aborted(start.stop, over.signal)
    ])
    return start.stop.aborted ? { type: 'stop' } : outcome
  } finally {
    over.abort()
  }
}

function ready({ check, output }: Start, over: AbortSignal): Promise<StartOutcome> {
  switch (check.kind) {
    case 'none':
      return Promise.resolve({ type: 'ready' })
    case 'probe':
      return probed(check.attempt, over)
    case 'stdout':
      return matched(output, check.test, over)
  }
}

function probed(attempt: Parameters<typeof probe>[0], over: AbortSignal): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>()
  probe(attempt, over).then(
    () => resolve({ type: 'ready' }),
    () => {}
  )
  return promise
}

async function matched(output: Output, test: LineTest, over: AbortSignal): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>()
  const stopListening = output.onLines('stdout', ({ bytes }) => {
    for (const line of textLines(bytes)) {
      const match = test(line)
      if (match) {
        stopListening()
        return resolve({ type: 'ready', ...match })
      }
    }
  })
  over.addEventListener('abort', stopListening)
  return await promise
}

/** An exit counts once all that the app wrote before it has been read: its last words may have been READY. */
async function ended({ check, output, exited }: Start): Promise<StartOutcome> {
  const closed = check.kind === 'stdout' ? [output.stdoutEnded] : []
  await Promise.race([exited, ...closed])
  await output.drained()
  const exit = await Promise.race([exited, nothingWithin(reapDelayMs)])
  if (!exit) return { type: 'missed', message: 'it closed its stdout' }
  const how = 'signal' in exit ? `was ended by ${exit.signal}` : `exited with code ${exit.exitCode}`
  return { type: 'missed', message: `it ${how}` }
}

/** A process that exits closes its pipes a moment before it can be reaped; waiting for it makes the message the true one. */
const reapDelayMs = 50

function nothingWithin(ms: number): Promise<undefined> {
  return new Promise(resolve => setTimeout(resolve, ms, undefined))
}

function timeout(ms: number, over: AbortSignal): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>()
  const timer = setTimeout(resolve, ms, { type: 'timeout' })
  over.addEventListener('abort', () => clearTimeout(timer))
  return promise
}

function aborted(stop: AbortSignal, over: AbortSignal): Promise<StartOutcome> {
  const { promise, resolve } = Promise.withResolvers<StartOutcome>()
  if (stop.aborted) resolve({ type: 'stop' })
  stop.addEventListener('abort', () => resolve({ type: 'stop' }), { once: true, signal: over })
  return promise
}
