import { textLines } from '../../output-lines.ts'
import type { Launch } from '../../protocol/launch.ts'
import type { SessionLogWriter } from '../output/log-writer.ts'
import { Output } from '../output/output.ts'
import { reportStderr } from '../output/stderr.ts'
import { fill, type PlaceholderValues } from '../placeholders.ts'
import type { Exit, ProcessHost, ProcessTree } from '../processes/process-host.ts'
import { programOf } from '../program.ts'
import { spawnFault } from '../spawn-fault.ts'
import type { Mask } from '../variables/mask.ts'

const maxQuoted = 200
const maxLines = 3

/** What a command of a session gets. */
export interface CommandSurroundings {
  readonly launch: Launch
  readonly values: PlaceholderValues
  /** The environment of the app. */
  readonly variables: Readonly<Record<string, string>>
  readonly host: ProcessHost
  readonly log: SessionLogWriter
  readonly mask: Mask | undefined
  readonly opened: (tree: ProcessTree, output: Output) => void
  readonly warn: (line: string, omitted: number) => void
}

/** A command that was started. */
export interface Started {
  readonly tree: ProcessTree
  readonly output: Output
  /** Resolves with how its first process ended; undefined if `over` was aborted before. */
  readonly ended: Promise<Exit | undefined>
  /** The last lines that it wrote, as a clause; undefined if it wrote nothing. */
  readonly said: () => string | undefined
}

export function filledCommand(command: readonly string[], values: PlaceholderValues): readonly string[] {
  return command.map(part => fill(part, values))
}

/**
 * Starts a command with the user, the folder, the environment and the log of the app, as a tree that takes over what is
 * left of `predecessor`. @throws {SpawnFailed | ProgramNotFound}
 */
export async function startCommand(
  argv: readonly string[],
  surroundings: CommandSurroundings,
  { over, predecessor }: { readonly over: AbortSignal; readonly predecessor?: ProcessTree | undefined }
): Promise<Started> {
  const { launch, variables, host, log, mask, opened, warn } = surroundings
  const program = programOf(launch, { variables, gives: undefined }, argv)
  const tree = await host.spawn(program, predecessor).catch(error => Promise.reject(spawnFault(error, program)))
  const output = new Output(tree, log, mask)
  const said = lastLines(output)
  reportStderr(output, warn)
  opened(tree, output)
  return { tree, output, said, ended: endOf(tree, output, over) }
}

async function endOf(tree: ProcessTree, output: Output, over: AbortSignal): Promise<Exit | undefined> {
  const { promise: isOver, resolve } = Promise.withResolvers<undefined>()
  const end = () => resolve(undefined)
  over.addEventListener('abort', end)
  if (over.aborted) end()
  const exit = await Promise.race([tree.exited, isOver])
  over.removeEventListener('abort', end)
  await output.drained()
  return exit
}

function lastLines(output: Output): () => string | undefined {
  let last: readonly string[] = []
  for (const stream of ['stdout', 'stderr'] as const) {
    output.onLines(stream, ({ bytes }) => {
      const lines = [...textLines(bytes, maxQuoted)].filter(line => line.trim() !== '')
      last = [...last, ...lines].slice(-maxLines)
    })
  }
  return () =>
    last.length === 0
      ? undefined
      : `it wrote at last ${last.map(line => JSON.stringify(line.slice(0, maxQuoted))).join(', ')}`
}
