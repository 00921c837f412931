import type { Stop } from '../../session/session.ts'
import type { Output } from '../output/output.ts'
import type { Exit, ProcessTree } from '../processes/process-host.ts'
import { isMissing } from '../restart/is-missing.ts'
import { nameOf } from '../run-beside.ts'
import { type CommandSurroundings, filledCommand, type Started, startCommand } from './command.ts'

/** Why the program is not started. */
export type BeforeFault = Pick<Stop, 'reason' | 'initiator' | 'message'> & Partial<Exit>

/** The commands before a start, as far as they have run. */
export interface Preceding {
  /** The last of them, with what all have left. */
  readonly tree: ProcessTree | undefined
  /** Those whose streams other processes hold. */
  readonly outputs: readonly Output[]
  /** Undefined if all of them exited with code 0. */
  readonly fault?: BeforeFault | 'stopped'
  /** The command that failed, if it was started. */
  readonly failed?: ProcessTree
  readonly isMissing?: boolean
}

/** Runs the commands one after the other until one fails, a stop is requested, or they have taken too long together. */
export async function runBefore(
  commands: readonly (readonly string[])[],
  surroundings: CommandSurroundings,
  stop: AbortSignal
): Promise<Preceding> {
  const { readyTimeoutMs } = surroundings.launch
  const over = new AbortController()
  const end = () => over.abort('over')
  const timer = setTimeout(end, readyTimeoutMs)
  stop.addEventListener('abort', end)
  let preceding: Preceding = { tree: undefined, outputs: [] }
  try {
    for (const command of commands) {
      if (stop.aborted) return { ...preceding, fault: 'stopped' }
      preceding = await runNext(command, { surroundings, preceding, over: over.signal })
      if (stop.aborted) return { ...preceding, fault: 'stopped' }
      if (preceding.fault) return preceding
    }
    return preceding
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', end)
  }
}

interface Next {
  readonly surroundings: CommandSurroundings
  readonly preceding: Preceding
  readonly over: AbortSignal
}

async function runNext(command: readonly string[], { surroundings, preceding, over }: Next): Promise<Preceding> {
  const { values, launch } = surroundings
  const argv = filledCommand(command, values)
  const name = nameOf(argv, surroundings.mask)
  surroundings.log.remark(`before: ${name}`)
  let started: Started
  try {
    started = await startCommand(argv, surroundings, { over, predecessor: preceding.tree })
  } catch (error) {
    const message = `before: ${(error as Error).message}`
    return {
      ...preceding,
      fault: { reason: 'startFailed', initiator: 'gateway', message },
      isMissing: isMissing(error)
    }
  }
  const { tree, output, ended, said } = started
  const exit = await ended
  const next = { tree, outputs: [...preceding.outputs, output] }
  if (exit && 'exitCode' in exit && exit.exitCode === 0) return next
  const how = exit ? howItEnded(exit) : `did not end within ${launch.readyTimeoutMs / 1_000} s`
  const message = [`before: ${name} ${how}`, said()].filter(Boolean).join('; ')
  const initiator = exit ? 'app' : 'gateway'
  return { ...next, failed: tree, fault: { reason: 'startFailed', initiator, message, ...exit } }
}

export function howItEnded(exit: Exit): string {
  return 'signal' in exit ? `was ended by ${exit.signal}` : `exited with code ${exit.exitCode}`
}
