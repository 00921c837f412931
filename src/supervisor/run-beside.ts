import type { ProcessHost, SpawnedProcess } from './processes/process-host.ts'

const maxQuoted = 200

/** What it takes to run a command in the tree of a session. */
export interface Beside {
  readonly host: ProcessHost
  /** Starts another program in the session's tree, with the environment of the app. */
  readonly spawnBeside: (argv: readonly string[]) => Promise<SpawnedProcess>
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
  const lastLine = lastLineOf(spawned)
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
function lastLineOf({ stdout, stderr }: SpawnedProcess): () => Promise<string> {
  let text = ''
  for (const stream of [stdout, stderr]) {
    stream.on('error', () => stream.destroy())
    stream.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(-2 * maxQuoted)
    })
  }
  return async () => {
    // What was written before the exit has been read after two turns of the event loop.
    for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate)
    for (const stream of [stdout, stderr]) stream.destroy()
    const line = text.trimEnd().split('\n').at(-1) ?? ''
    return Buffer.from(line, 'latin1').toString('utf8').slice(0, maxQuoted)
  }
}
