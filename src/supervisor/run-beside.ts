import type { ProcessHost, SpawnedProcess } from './processes/process-host.ts'
import type { Mask } from './variables/mask.ts'

const maxQuoted = 200

/** How much of the output is kept, so that a secret in the last line is whole. */
const maxKept = 65_536

/** What it takes to run a command in the tree of a session. */
export interface Beside {
  readonly host: ProcessHost
  /** Starts another program in the session's tree, with the environment of the app. */
  readonly spawnBeside: (argv: readonly string[]) => Promise<SpawnedProcess>
  /** Hides the secrets of the app. */
  readonly mask?: Mask | undefined
}

/** A command as messages name it. Secrets are hidden before it is cut: a part of one would not be found. */
export function nameOf(argv: readonly string[], mask: Mask | undefined): string {
  const name = argv.join(' ')
  return (mask?.text(name) ?? name).slice(0, maxQuoted)
}

/** Runs a command, and kills it when `signal` is aborted. Resolves with how it failed; undefined if it exited with code 0. */
export async function runBeside(
  argv: readonly string[],
  signal: AbortSignal,
  session: Beside
): Promise<string | undefined> {
  const spawned = await session.spawnBeside(argv).catch((error: Error) => error)
  if (spawned instanceof Error) return `could not be run: ${spawned.message}`
  const kill = () => session.host.signalGroup(spawned, 'SIGKILL')
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  const lastLine = lastLineOf(spawned, session.mask)
  const exit = await spawned.exited
  signal.removeEventListener('abort', kill)
  const said = await lastLine()
  if (signal.aborted) return 'did not end in time'
  if ('signal' in exit) return `was ended by ${exit.signal}`
  return exit.exitCode === 0
    ? undefined
    : `exited with code ${exit.exitCode}${said && `, saying ${JSON.stringify(said)}`}`
}

/** Reads the output; the returned function closes it, even if other processes hold it, and resolves with the last line. */
function lastLineOf({ stdout, stderr }: SpawnedProcess, mask: Mask | undefined): () => Promise<string> {
  let text = ''
  for (const stream of [stdout, stderr]) {
    stream.on('error', () => stream.destroy())
    stream.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(-maxKept)
    })
  }
  return async () => {
    // What was written before the exit has been read after two turns of the event loop.
    for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate)
    for (const stream of [stdout, stderr]) stream.destroy()
    const line = Buffer.from(text.trimEnd().split('\n').at(-1) ?? '', 'latin1').toString('utf8')
    const told = mask?.text(line) ?? line
    // The beginning of a line that was not kept whole can be the rest of a secret.
    return line.length < maxKept / 2 ? told.slice(0, maxQuoted) : told.slice(-maxQuoted)
  }
}
