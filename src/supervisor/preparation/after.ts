import { afterMs } from '../../session/after-ms.ts'
import type { TotalUsage } from '../../session/session.ts'
import type { ProcessTree } from '../processes/process-host.ts'
import { nameOf } from '../run-beside.ts'
import { endTree } from '../stop-ladder.ts'
import { howItEnded } from './before.ts'
import { type CommandSurroundings, filledCommand, startCommand } from './command.ts'

export interface AfterEnd {
  /** Sentences about those that failed. */
  readonly faults: readonly string[]
  readonly usages: readonly TotalUsage[]
}

/**
 * Runs the commands one after the other, also if some fail. What each leaves behind is ended, and all of it is killed
 * after {@link afterMs}, or by a forced stop that comes meanwhile.
 */
export async function runAfter(
  commands: readonly (readonly string[])[],
  surroundings: CommandSurroundings,
  kill: AbortSignal
): Promise<AfterEnd> {
  const { log, launch } = surroundings
  const deadline = Date.now() + afterMs(launch.stopGraceMs)
  const over = new AbortController()
  const end = () => over.abort('over')
  const timer = setTimeout(end, deadline - Date.now())
  kill.addEventListener('abort', end)
  const faults: string[] = []
  const usages: TotalUsage[] = []
  try {
    for (const command of commands) {
      const { fault, usage } = await runOne(command, surroundings, { deadline, over: over.signal })
      if (usage) usages.push(usage)
      if (fault === undefined) continue
      faults.push(fault)
      log.remark(fault)
    }
    return { faults, usages }
  } finally {
    clearTimeout(timer)
    kill.removeEventListener('abort', end)
  }
}

interface Limit {
  readonly deadline: number
  readonly over: AbortSignal
}

async function runOne(
  command: readonly string[],
  surroundings: CommandSurroundings,
  { deadline, over }: Limit
): Promise<{ readonly fault?: string | undefined; readonly usage?: TotalUsage }> {
  const argv = filledCommand(command, surroundings.values)
  const name = nameOf(argv, surroundings.mask)
  if (over.aborted) return { fault: `after: there was no time left for ${name}` }
  surroundings.log.remark(`after: ${name}`)
  const started = await startCommand(argv, surroundings, { over }).catch((error: Error) => error)
  if (started instanceof Error) return { fault: `after: ${started.message}` }
  const { tree, output, ended, said } = started
  const exit = await ended
  await endRest(tree, surroundings, { deadline, over })
  await output.close()
  const usage = tree.usage.total
  if (exit && 'exitCode' in exit && exit.exitCode === 0) return { usage }
  const how = exit ? howItEnded(exit) : 'did not end in time'
  return { fault: [`after: ${name} ${how}`, said()].filter(Boolean).join('; '), usage }
}

async function endRest(
  tree: ProcessTree,
  { host, launch: { stopSignal } }: CommandSurroundings,
  { deadline, over }: Limit
): Promise<void> {
  const graceMs = Math.max(0, deadline - Date.now())
  await endTree(tree, host, { stopSignal, graceMs, kill: over, onFirstSignal: () => {} })
  host.release(tree)
}
