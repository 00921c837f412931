import type { Launch } from '../protocol/launch.ts'
import type { Output } from './output/output.ts'
import { fill, type PlaceholderValues } from './placeholders.ts'
import type { ProcessTree } from './processes/process-host.ts'
import { type Beside, runBeside } from './run-beside.ts'
import type { Ladder } from './stop-ladder.ts'

interface Stoppable extends Beside {
  readonly launch: Launch
  readonly values: PlaceholderValues
  readonly tree: ProcessTree
  readonly output: Output
}

/** The command that ends the app, if it has one and has not ended by itself. A failure is told in the session's log. */
export function stopCommand({ launch, values, tree, output, ...session }: Stoppable): Ladder['command'] {
  const { stop, daemonizes } = launch
  if (!stop?.command || (tree.exit && !daemonizes)) return undefined
  const argv = stop.command.map(part => fill(part, values))
  return async over => {
    const fault = await runBeside(argv, over, session)
    if (fault && !over.aborted) output.remark(`stop.command ${fault}: ${launch.stopSignal} is sent`)
    return fault === undefined
  }
}
