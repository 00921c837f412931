import type { FactInput } from '../../protocol/fact.ts'
import type { Stop, TotalUsage } from '../../session/session.ts'
import { identityOf } from '../../users/change-user.ts'
import { fillLaunch } from '../fill-launch.ts'
import type { ProcessTree } from '../processes/process-host.ts'
import { notStarted, type OverRun } from '../restart/run-again.ts'
import { sumOf } from '../restart/total-usage.ts'
import { causeOf } from '../stop-cause.ts'
import { endTree } from '../stop-ladder.ts'
import { runAfter } from './after.ts'
import { type Preceding, runBefore } from './before.ts'
import type { CommandSurroundings } from './command.ts'
import { filesOf, filled } from './files-of.ts'
import { writeFiles } from './write-files.ts'

export interface PreparedRun extends Omit<CommandSurroundings, 'variables'> {
  readonly stop: AbortSignal
  readonly kill: AbortSignal
  readonly record: (input: FactInput) => void
  /** Starts the app; its tree takes over what is left of `predecessor`. Rejects if it could not be started. */
  readonly start: (predecessor: ProcessTree | undefined) => Promise<OverRun>
}

type Run = PreparedRun & CommandSurroundings

/** A run with its files, and its commands before and after it. Rejects only if there is no environment for them. */
export async function runPrepared(prepared: PreparedRun): Promise<OverRun> {
  const { launch, values, variables } = fillLaunch(prepared.launch, prepared.values)
  const run = { ...prepared, launch, values, variables }
  const { after = [] } = launch
  const over = await begin(run)
  const finish = async (isLast: boolean) => {
    const stop = await over.finish(isLast)
    if (after.length === 0) return stop
    // A client must not take the session for running.
    if (isLast) run.record({ type: 'stop', time: Date.now(), reason: stop.reason, initiator: stop.initiator })
    const { faults, usages } = await runAfter(after, run, run.kill)
    const usage = sumOf(stop.usage, usages.reduce<TotalUsage | undefined>(sumOf, undefined))
    return { ...stop, ...messageOf([stop.message, ...faults]), ...(usage && { usage }) }
  }
  return { ...over, finish }
}

async function begin(run: Run): Promise<OverRun> {
  const { launch, values, stop, start } = run
  let preceding: Preceding = { tree: undefined, outputs: [] }
  try {
    if (launch.files && values.dir !== undefined) {
      writeFiles(values.dir, filled(await filesOf(launch), values), identityOf(launch))
    }
    preceding = await runBefore(launch.before ?? [], run, stop)
    if (preceding.fault) return unstarted(run, preceding, preceding.fault)
    const over = await start(preceding.tree)
    return { ...over, finish: isLast => over.finish(isLast).finally(() => closeAll(preceding)) }
  } catch (error) {
    const { why, isMissing } = notStarted(error as Error)
    return unstarted(run, { ...preceding, isMissing }, why)
  }
}

/** A run whose program was not started: what its commands have left is still to be ended. */
function unstarted(run: Run, preceding: Preceding, fault: OverRun['why'] | 'stopped'): OverRun {
  const why = fault === 'stopped' ? causeOf(run.stop) : fault
  return {
    why,
    isMissing: preceding.isMissing ?? false,
    finish: isLast => endPreceding(run, { preceding, why, isLast })
  }
}

interface Ending {
  readonly preceding: Preceding
  readonly why: OverRun['why']
  readonly isLast: boolean
}

async function endPreceding(run: Run, { preceding, why, isLast }: Ending): Promise<Stop> {
  const { host, launch, kill, record } = run
  const { tree } = preceding
  if (!tree) return { ...why, signalsSent: [], survivors: 0 }
  const { reason, initiator } = why
  const sent = await endTree(tree, host, {
    ...{ stopSignal: launch.stopSignal, graceMs: launch.stopGraceMs, leaderOnly: launch.stop?.leaderOnly, kill },
    onFirstSignal: () => {
      if (isLast) record({ type: 'stop', time: Date.now(), reason, initiator })
    }
  })
  host.release(tree)
  await closeAll(preceding)
  return { ...why, ...preceding.failed?.exit, ...sent.told, usage: tree.usage.total, survivors: 0 }
}

async function closeAll({ outputs }: Preceding): Promise<void> {
  await Promise.all(outputs.map(output => output.close()))
}

function messageOf(messages: readonly (string | undefined)[]): Pick<Stop, 'message'> {
  const message = messages.filter(Boolean).join('; ')
  return message === '' ? {} : { message }
}
