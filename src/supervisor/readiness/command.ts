import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { SpawnedProcess } from '../processes/process-host.ts'
import type { Attempt, ReadinessCheck } from './check.ts'
import { probe } from './probe.ts'

const maxQuoted = 200
const usualIntervalMs = 100

/** Does a command exit with code 0? It is part of the session's tree, and killed after `timeoutMs`. */
export function command({ setting, options }: ReadinessOf<'command'>): ReadinessCheck {
  const name = setting.join(' ').slice(0, maxQuoted)
  return probe({
    awaited: `the command ${name} to exit with code 0`,
    // A command costs more than a connection: it is not run more often at first.
    options: { intervalMs: usualIntervalMs, ...options },
    attempt: async (signal, start) => {
      const fault = await run(setting, signal, start)
      return fault && `${name} ${fault}`
    }
  })
}

/** Resolves with how the command failed; undefined if it exited with code 0. */
async function run(argv: readonly string[], signal: AbortSignal, start: Attempt): Promise<string | undefined> {
  const spawned = await start.spawnBeside(argv).catch((error: Error) => error)
  if (spawned instanceof Error) return `could not be run: ${spawned.message}`
  const kill = () => start.host.signalGroup(spawned, 'SIGKILL')
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
