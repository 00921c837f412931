import type { Launch, ProcessIdentity, StopRequest } from '../protocol/messages.ts'
import type { Stop } from '../session/session.ts'
import type { Input } from '../session/transition.ts'
import { type LogMeter, SessionLogWriter } from './output/log-writer.ts'
import { Output } from './output/output.ts'
import { reportStderr } from './output/stderr.ts'
import { fill, fillReadiness, type PlaceholderValues, usesPort } from './placeholders.ts'
import type { Ports } from './ports.ts'
import { type Exit, type ProcessHost, type ProcessTree, SpawnFailed } from './processes/process-host.ts'
import { resolveProgram } from './processes/resolve-program.ts'
import { awaitReady, checkOf, type Start, type StartOutcome } from './readiness/await-ready.ts'
import { endTree } from './stop-ladder.ts'

export interface Supervision {
  readonly host: ProcessHost
  readonly ports: Ports
  /** Folder of this session's log. */
  readonly logFolder: string
  readonly logMeter: LogMeter
  readonly bootId: string
  /** Aborted, with a {@link StopRequest} as its reason, when the session is to stop. */
  readonly stop: AbortSignal
  /** Aborted when its tree is to be killed without grace. */
  readonly kill: AbortSignal
  readonly record: (input: Input, leader?: ProcessIdentity) => void
  readonly warn: (line: string, omitted: number) => void
}

type Why = Pick<Stop, 'reason' | 'initiator' | 'message'>

/** Runs a session from spawn to the end of its whole tree. Everything that happens is recorded; `ended` exactly once. */
export async function supervise(launch: Launch, supervision: Supervision): Promise<void> {
  const { ports, record } = supervision
  let port: number | undefined
  let stop: Stop
  try {
    if (usesPort(launch)) port = await ports.take()
    const values = { port, appId: launch.appId, sessionId: launch.sessionId }
    stop = supervision.stop.aborted
      ? { ...requested(supervision.stop), signalsSent: [], survivors: 0 }
      : await runTree(launch, values, supervision)
  } catch (error) {
    // Before the spawn all that fails is the spawn; after it nothing throws.
    const { message } = error as Error
    stop = { reason: 'spawnFailed', initiator: 'gateway', message, signalsSent: [], survivors: 0 }
  } finally {
    if (port !== undefined) ports.giveBack(port)
  }
  record({ type: 'ended', time: Date.now(), stop })
}

async function runTree(launch: Launch, values: PlaceholderValues, supervision: Supervision): Promise<Stop> {
  const { host, record, bootId } = supervision
  const check = checkOf(fillReadiness(launch.readiness, values))
  const tree = await spawn(launch, values, host)
  const { pid, startTime } = tree
  const { port } = values
  const output = new Output(tree, new SessionLogWriter(supervision.logFolder, launch.maxLogBytes, supervision.logMeter))
  reportStderr(output, supervision.warn)
  record({ type: 'spawned', time: Date.now(), pid, ...(port && { port }) }, { pid, startTime, bootId })

  const why = await untilOver(supervision, {
    check,
    timeoutMs: launch.readyTimeoutMs,
    output,
    exited: tree.exited,
    stop: supervision.stop
  })
  const signalsSent = await endTree(tree, host, {
    stopSignal: launch.stopSignal,
    graceMs: launch.stopGraceMs,
    kill: supervision.kill,
    onFirstSignal: () => record({ type: 'stop', time: Date.now(), reason: why.reason, initiator: why.initiator })
  })
  host.release(tree)
  await output.close()
  return { ...why, ...(tree.exit as Exit), signalsSent, survivors: 0 }
}

function spawn(launch: Launch, values: PlaceholderValues, host: ProcessHost): Promise<ProcessTree> {
  const argv = launch.command.map(part => fill(part, values))
  const filled = Object.entries(launch.env).map(([name, value]) => [name, fill(value, values)])
  const env: Record<string, string> = { ...Object.fromEntries(filled), ...launch.literalEnv }
  if (values.port !== undefined) env.PORT = String(values.port)
  const [name] = argv
  if (!name) throw new SpawnFailed('its command is empty')
  const file = resolveProgram(name, launch.cwd, env.PATH)
  return host.spawn({ file, argv, env, cwd: launch.cwd, key: launch.key })
}

/** Waits for ready and then for the end; says why it is over. The first cause counts, and a stop wins over ready. */
async function untilOver(supervision: Supervision, start: Start): Promise<Why> {
  const { exited, stop, timeoutMs } = start
  const outcome = await awaitReady(start)
  if (outcome.type !== 'ready') return failed(outcome, stop, timeoutMs)
  supervision.record({ type: 'ready', time: Date.now(), ...(outcome.ready && { ready: outcome.ready }) })
  return await new Promise(resolve => {
    void exited.then(() => resolve({ reason: 'exited', initiator: 'app' }))
    if (stop.aborted) resolve(requested(stop))
    stop.addEventListener('abort', () => resolve(requested(stop)), { once: true })
  })
}

function failed(outcome: Exclude<StartOutcome, { type: 'ready' }>, stop: AbortSignal, timeoutMs: number): Why {
  switch (outcome.type) {
    case 'stop':
      return requested(stop)
    case 'missed':
      return { reason: 'readyMissed', initiator: 'app', message: outcome.message }
    case 'timeout':
      return { reason: 'readyTimeout', initiator: 'gateway', message: `it was not ready after ${timeoutMs} ms` }
  }
}

function requested(stop: AbortSignal): Why {
  const { reason, initiator } = stop.reason as StopRequest
  return { reason, initiator }
}
