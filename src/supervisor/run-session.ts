import type { FactInput, ProcessIdentity } from '../protocol/fact.ts'
import type { Launch } from '../protocol/launch.ts'
import type { Stop } from '../session/session.ts'
import type { Told } from '../session/update.ts'
import { AppMessages } from './app-messages/app-messages.ts'
import type { NotifySocket } from './app-messages/notify-socket.ts'
import type { NotifySockets } from './app-messages/notify-sockets.ts'
import type { Cgroups } from './cgroups/cgroups.ts'
import { spawnIn } from './cgroups/spawn-in.ts'
import { fillLaunch } from './fill-launch.ts'
import { healthProbe, whileHealthy } from './health/session-health.ts'
import { leftBehind } from './left-behind.ts'
import type { LimitWatch } from './limits/limit-watch.ts'
import { limitRun } from './limits/limited-run.ts'
import { unenforced } from './limits/unenforced.ts'
import type { LogDisk } from './output/log-disk.ts'
import { SessionLogWriter } from './output/log-writer.ts'
import { Output } from './output/output.ts'
import { reportStderr } from './output/stderr.ts'
import { type PlaceholderValues, portsOf } from './placeholders.ts'
import { type AllottedPorts, allOf, allot, type Ports, requireFree } from './ports.ts'
import { knownTexts } from './preparation/files-of.ts'
import { runPrepared } from './preparation/prepared-run.ts'
import type { Exit, ProcessHost, ProcessTree } from './processes/process-host.ts'
import { programOf } from './program.ts'
import { awaitReady, type Start, type StartOutcome } from './readiness/await-ready.ts'
import { checkOf } from './readiness/checks.ts'
import type { Probe } from './readiness/probe.ts'
import { requireUnused } from './readiness/unused-endpoint.ts'
import { type OverRun, runAgain } from './restart/run-again.ts'
import type { SessionFolders } from './session-folders.ts'
import type { StopCause } from './stop-cause.ts'
import { stopCommand } from './stop-command.ts'
import { endTree, type Ladder } from './stop-ladder.ts'
import { treeGone } from './tree-gone.ts'
import type { Mask } from './variables/mask.ts'
import { masked, withVariables } from './variables/with-variables.ts'

export interface Supervision {
  readonly host: ProcessHost
  readonly ports: Ports
  readonly folders: SessionFolders
  readonly limits: LimitWatch
  readonly notifySockets: NotifySockets
  readonly cgroups?: Cgroups | undefined
  /** Folder of this session's log. */
  readonly logFolder: string
  readonly logDisk: LogDisk
  readonly bootId: string
  /** Aborted, with a {@link StopRequest} as its reason, when the session is to stop. */
  readonly stop: AbortSignal
  /** Aborted when its tree is to be killed without grace. */
  readonly kill: AbortSignal
  /** Its output is drained from now on. */
  readonly opened: (tree: ProcessTree, output: Output) => void
  readonly record: (input: FactInput, leader?: ProcessIdentity) => void
  /** What the present run tells of itself; coalesced to one fact a second. */
  readonly tell: (told: Told) => void
  readonly warn: (line: string, omitted: number) => void
}

type Watched = Start & {
  readonly allotted: AllottedPorts
  readonly launch: Launch
  /** What asks whether it works, if it is checked. */
  readonly probe: Probe | undefined
}

/** Runs a session from spawn to the end of its whole tree. Records all facts; `ended` exactly once. */
export async function runSession(launch: Launch, supervision: Supervision): Promise<void> {
  const { ports, folders, record } = supervision
  const { maxLogBytes: maxBytes, minFreeBytes, restart: policy } = launch
  const log = new SessionLogWriter(supervision.logFolder, { maxBytes, minFreeBytes }, supervision.logDisk)
  let allotted: AllottedPorts = {}
  let stop: Stop
  try {
    allotted = await allot(ports, portsOf(launch, launch.files && (await knownTexts(launch))))
    const dir = supervision.stop.aborted ? undefined : folders.make(launch)
    const { appId, sessionId, params } = launch
    const values = { port: allotted.port, ports: allotted.ports, appId, sessionId, dir, params }
    const begin = async (run: number, runner: Pick<Supervision, 'stop' | 'kill' | 'record'>) => {
      if (run > 1) await requireFree(allOf(allotted))
      return await runTree(launch, values, { ...supervision, ...runner, log })
    }
    stop = supervision.stop.aborted
      ? { ...requested(supervision.stop), signalsSent: [], survivors: 0 }
      : policy
        ? await runAgain({ ...supervision, policy, log, begin })
        : await (await runTree(launch, values, { ...supervision, log })).finish(true)
  } catch (error) {
    // There is no process yet: `runTree` reports failures after the spawn, once the tree is ended.
    const { message } = error as Error
    stop = { reason: 'spawnFailed', initiator: 'gateway', message, signalsSent: [], survivors: 0 }
  } finally {
    for (const port of allOf(allotted)) ports.giveBack(port)
    await log.close()
    folders.release(launch)
  }
  record({ type: 'ended', time: Date.now(), stop })
}

type Run = Supervision & { readonly log: SessionLogWriter; readonly notifySocket?: NotifySocket }

/** Resolves when a run is over, or is to be. @throws only as long as no process has been spawned */
async function runTree(plain: Launch, values: PlaceholderValues, supervision: Run): Promise<OverRun> {
  if (!plain.fileVariables) return await runWhole({ launch: plain, mask: undefined }, values, supervision)
  const whole = await withVariables(plain, plain.fileVariables)
  return await runWhole(whole, values, supervision).catch(error => Promise.reject(masked(error, whole.mask)))
}

async function runWhole(whole: WholeApp, values: PlaceholderValues, supervision: Run): Promise<OverRun> {
  const { files, before, after } = whole.launch
  if (!files && !before && !after) return await runApp(whole, values, supervision)
  const start = (predecessor?: ProcessTree) => runApp({ ...whole, predecessor }, values, supervision)
  return await runPrepared({ ...supervision, ...whole, values, start })
}

interface WholeApp {
  readonly launch: Launch
  readonly mask: Mask | undefined
  /** What is left of it belongs to the tree of the app. */
  readonly predecessor?: ProcessTree | undefined
}

async function runApp(app: WholeApp, values: PlaceholderValues, supervision: Run): Promise<OverRun> {
  const { launch } = app
  if (launch.readiness.kind !== 'notify') return watchTree(app, values, supervision)
  const notifySocket = await supervision.notifySockets.open(launch)
  try {
    return await watchTree(app, values, { ...supervision, notifySocket })
  } catch (error) {
    notifySocket.close()
    throw error
  }
}

async function watchTree(app: WholeApp, session: PlaceholderValues, supervision: Run): Promise<OverRun> {
  const { launch: read, mask, predecessor } = app
  const { host, log, notifySocket, tell } = supervision
  const { port, ports } = session
  const { launch, readiness, values, variables } = fillLaunch(read, session)
  const circumstances = { ports: allOf(session), cwd: launch.cwd, notifySocket }
  const check = checkOf(readiness, circumstances)
  requireUnused(check)
  const probe = healthProbe(launch, values, circumstances)
  const cgroup = supervision.cgroups?.make(launch.key, launch.limits)
  const given = { variables, gives: check.gives, cgroup }
  const spawnBeside = async (command: readonly string[]) => host.spawnBeside(programOf(launch, given, command))
  const tree = await spawnIn({ cgroup, host, predecessor }, () => programOf(launch, given))
  const output = new Output(tree, log, mask)
  for (const name of launch.missingEnv ?? []) {
    output.remark(`passEnv: the environment of the gateway has no ${name}`)
  }
  const isHeard = launch.speaks || notifySocket
  const messages = isHeard ? new AppMessages({ launch, tree, host, output, tell, socket: notifySocket }) : undefined
  supervision.opened(tree, output)
  const limited = launch.limits && limitRun(tree, launch.limits, supervision)
  const run: Supervision = { ...supervision, ...limited }
  for (const line of launch.limits ? unenforced(launch.limits, tree.pid, cgroup?.controllers) : []) output.remark(line)
  const why = await watch(
    {
      ...{ tree, host, check, output, allotted: { port, ports }, stop: run.stop, timeoutMs: launch.readyTimeoutMs },
      ...{ launch, messages, probe },
      daemonizes: launch.daemonizes ?? false,
      spawnBeside
    },
    run
  )
    .catch(watchFailed)
    .then(cause => messages?.explained(cause) ?? cause)
    .then(cause => withoutSecrets(limited?.causeOf(cause) ?? cause, mask))
  const command = stopCommand({ launch, values, tree, host, output, spawnBeside })
  const finish = (isLast: boolean) =>
    endRun({ tree, output, messages, why, command, isLast }, launch, run).finally(limited?.release)
  const isFinal = why.reason === 'unhealthy' && launch.health?.action === 'stop'
  return { why: { ...why, ...tree.exit }, finish, isFinal }
}

interface Ending {
  readonly tree: ProcessTree
  readonly output: Output
  readonly messages: AppMessages | undefined
  readonly why: StopCause
  readonly command: Ladder['command']
  /** Does the session stop with it? */
  readonly isLast: boolean
}

/** Ends what is left of a tree. */
async function endRun(
  { tree, output, messages, why, command, isLast }: Ending,
  launch: Launch,
  supervision: Supervision
): Promise<Stop> {
  const { host, record, kill } = supervision
  let left: string | undefined
  messages?.over()
  const sent = await endTree(tree, host, {
    stopSignal: launch.stopSignal,
    graceMs: launch.stopGraceMs,
    leaderOnly: launch.stop?.leaderOnly,
    ...{ command, kill },
    onGrace: messages && (grace => messages.mayExtend(grace)),
    onFirstSignal: processes => {
      if (why.initiator === 'app') left = leftBehind(tree.exit, processes)
      if (isLast) record({ type: 'stop', time: Date.now(), reason: why.reason, initiator: why.initiator })
    }
  })
  host.release(tree)
  tree.extra?.destroy()
  await output.close()
  messages?.close()
  const message = [why.message, left].filter(Boolean).join('; ')
  const usage = tree.usage.total
  tree.cgroup?.remove()
  return { ...why, ...(tree.exit as Exit), ...(message && { message }), ...sent.told, usage, survivors: 0 }
}

/** Waits for ready and then for the end; returns why it ended. The first cause counts, and a stop wins over ready. */
async function watch(start: Watched, supervision: Supervision): Promise<StopCause> {
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
  if (stop.aborted) return requested(stop)
  const ended = launch.daemonizes ? daemonEnded(start) : untilEnd(start)
  // Not awaited here, so that nothing of the start stays in memory.
  return probe ? whileHealthy(ended, { launch, probe, output, tell, session: { tree, host, spawnBeside } }) : ended
}

async function daemonEnded(start: Watched): Promise<StopCause> {
  const { tree, host, stop, messages } = start
  await Promise.race([treeGone(tree, host, stop), aborted(stop), ...(messages ? [messages.ending] : [])])
  return stop.aborted ? requested(stop) : untilEnd(start)
}

function withoutSecrets(cause: StopCause, mask: Mask | undefined): StopCause {
  return mask && cause.message !== undefined ? { ...cause, message: mask.text(cause.message) } : cause
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
    stop.addEventListener('abort', () => resolve(requested(stop)), { once: true })
  })
}

function aborted(stop: AbortSignal): Promise<void> {
  return new Promise(resolve => stop.addEventListener('abort', () => resolve(), { once: true }))
}

function failed(outcome: Exclude<StartOutcome, { type: 'ready' | 'exited' }>, stop: AbortSignal): StopCause {
  switch (outcome.type) {
    case 'stop':
      return requested(stop)
    case 'ending':
      return outcome.cause
    case 'missed':
      return { reason: 'readyMissed', initiator: 'app', message: outcome.message }
    case 'timeout':
      return { reason: 'readyTimeout', initiator: 'gateway', message: outcome.message }
  }
}

/** An error of the supervisor: the app is ended, since it can't be watched any more. */
function watchFailed(error: Error): StopCause {
  const message = `the supervisor could not watch it any more: ${error.message}`
  return { reason: 'terminated', initiator: 'gateway', message }
}

function requested(stop: AbortSignal): StopCause {
  const { reason, initiator, message } = stop.reason as StopCause
  return { reason, initiator, ...(message && { message }) }
}
