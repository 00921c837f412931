import type { Launch } from '../../protocol/launch.ts'
import type { Stop } from '../../session/session.ts'
import { AppMessages } from '../app-messages/app-messages.ts'
import type { NotifySocket } from '../app-messages/notify-socket.ts'
import { spawnIn } from '../cgroups/spawn-in.ts'
import { fillLaunch } from '../fill-launch.ts'
import { healthProbe } from '../health/session-health.ts'
import { leftBehind } from '../left-behind.ts'
import { limitRun } from '../limits/limited-run.ts'
import { unenforced } from '../limits/unenforced.ts'
import type { SessionLogWriter } from '../output/log-writer.ts'
import { Output } from '../output/output.ts'
import type { PlaceholderValues } from '../placeholders.ts'
import { allOf } from '../ports.ts'
import type { Exit, ProcessTree } from '../processes/process-host.ts'
import { programOf } from '../program.ts'
import { checkOf } from '../readiness/checks.ts'
import { requireUnused } from '../readiness/unused-endpoint.ts'
import type { OverRun } from '../restart/run-again.ts'
import type { StopCause } from '../stop-cause.ts'
import { stopCommand } from '../stop-command.ts'
import { endTree, type Ladder } from '../stop-ladder.ts'
import type { Mask } from '../variables/mask.ts'
import type { Supervision } from './supervision.ts'
import { watch } from './watch.ts'

export interface App {
  /** With its variables. */
  readonly launch: Launch
  /** Hides its secrets. */
  readonly mask: Mask | undefined
  /** What is left of it belongs to the tree of the app. */
  readonly predecessor?: ProcessTree | undefined
}

export type RunSupervision = Supervision & { readonly log: SessionLogWriter; readonly notifySocket?: NotifySocket }

/** Resolves when the app is over, or is to be. @throws only as long as no process has been spawned */
export async function runApp(app: App, session: PlaceholderValues, supervision: RunSupervision): Promise<OverRun> {
  const { launch: read, mask, predecessor } = app
  const { host, log, notifySocket, tell } = supervision
  const { port, ports } = session
  const { launch, readiness, values, variables } = fillLaunch(read, session)
  const circumstances = { ports: allOf(session), cwd: launch.cwd, notifySocket, mask }
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
  const command = stopCommand({ launch, values, tree, host, output, spawnBeside, mask })
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

function withoutSecrets(cause: StopCause, mask: Mask | undefined): StopCause {
  return mask && cause.message !== undefined ? { ...cause, message: mask.text(cause.message) } : cause
}
/** An error of the supervisor: the app is ended, since it can't be watched any more. */
function watchFailed(error: Error): StopCause {
  const message = `the supervisor could not watch it any more: ${error.message}`
  return { reason: 'terminated', initiator: 'gateway', message }
}
