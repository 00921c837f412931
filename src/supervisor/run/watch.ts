import type { Launch } from '../../protocol/launch.ts'
import { whileHealthy } from '../health/session-health.ts'
import { reportStderr } from '../output/stderr.ts'
import type { AllottedPorts } from '../ports.ts'
import { awaitReady, type Start, type StartOutcome } from '../readiness/await-ready.ts'
import type { Probe } from '../readiness/probe.ts'
import { causeOf, type StopCause } from '../stop-cause.ts'
import { treeGone } from '../tree-gone.ts'
import type { Supervision } from './supervision.ts'

type Watched = Start & {
  readonly allotted: AllottedPorts
  readonly launch: Launch
  /** What asks whether it works, if it is checked. */
  readonly probe: Probe | undefined
}

/** Waits for ready and then for the end; returns why it ended. The first cause counts, and a stop wins over ready. */
export async function watch(start: Watched, supervision: Supervision): Promise<StopCause> {
  const { record, warn, tell, stop, bootId } = supervision
  const { tree, output, launch, host, messages, spawnBeside, probe } = start
  const { port, ports } = start.allotted
  const { pid, startTime } = tree
  reportStderr(output, warn)
  record(
    { type: 'spawned', time: Date.now(), pid, ...(port && { port }), ...(ports && { ports }) },
    { pid, startTime, bootId }
  )
  const outcome = await awaitReady(start)
  if (outcome.type === 'exited') return untilEnd(start)
  if (outcome.type !== 'ready') return failed(outcome, stop)
  const ready = output.mask?.json(outcome.ready) ?? outcome.ready
  record({ type: 'ready', time: Date.now(), ...(ready && { ready }) })
  messages?.began()
  if (stop.aborted) return causeOf(stop)
  const ended = launch.daemonizes ? daemonEnded(start) : untilEnd(start)
  // Not awaited here, so that nothing of the start stays in memory.
  return probe ? whileHealthy(ended, { launch, probe, output, tell, session: { tree, host, spawnBeside } }) : ended
}

async function daemonEnded(start: Watched): Promise<StopCause> {
  const { tree, host, stop, messages } = start
  await Promise.race([treeGone(tree, host, stop), aborted(stop), ...(messages ? [messages.ending] : [])])
  return stop.aborted ? causeOf(stop) : untilEnd(start)
}

function untilEnd({ tree, stop, launch, messages }: Watched): Promise<StopCause> {
  const { kind, successExitCodes } = launch
  return new Promise(resolve => {
    void messages?.ending.then(resolve)
    void tree.exited.then(async exit => {
      // Its last words may say why.
      if (messages) await messages.drained()
      const isDone = kind === 'job' && 'exitCode' in exit && successExitCodes?.includes(exit.exitCode)
      resolve({ reason: isDone ? 'completed' : 'exited', initiator: 'app' })
    })
    stop.addEventListener('abort', () => resolve(causeOf(stop)), { once: true })
  })
}

function aborted(stop: AbortSignal): Promise<void> {
  return new Promise(resolve => stop.addEventListener('abort', () => resolve(), { once: true }))
}

function failed(outcome: Exclude<StartOutcome, { type: 'ready' | 'exited' }>, stop: AbortSignal): StopCause {
  switch (outcome.type) {
    case 'stop':
      return causeOf(stop)
    case 'ending':
      return outcome.cause
    case 'missed':
      return { reason: 'readyMissed', initiator: 'app', message: outcome.message }
    case 'timeout':
      return { reason: 'readyTimeout', initiator: 'gateway', message: outcome.message }
  }
}
