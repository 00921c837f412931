import type { Launch } from '../protocol/launch.ts'
import type { Stop } from '../session/session.ts'
import { SessionLogWriter } from './output/log-writer.ts'
import { portsOf } from './placeholders.ts'
import { type AllottedPorts, allOf, allot, requireFree } from './ports.ts'
import { knownTexts } from './preparation/files-of.ts'
import { runAgain } from './restart/run-again.ts'
import { beginRun } from './run/begin-run.ts'
import type { Supervision } from './run/supervision.ts'
import { causeOf } from './stop-cause.ts'

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
      return await beginRun(launch, values, { ...supervision, ...runner, log })
    }
    stop = supervision.stop.aborted
      ? { ...causeOf(supervision.stop), signalsSent: [], survivors: 0 }
      : policy
        ? await runAgain({ ...supervision, policy, log, begin })
        : await (await beginRun(launch, values, { ...supervision, log })).finish(true)
  } catch (error) {
    // There is no process yet: `beginRun` reports failures after the spawn, once the tree is ended.
    const { message } = error as Error
    stop = { reason: 'spawnFailed', initiator: 'gateway', message, signalsSent: [], survivors: 0 }
  } finally {
    for (const port of allOf(allotted)) ports.giveBack(port)
    await log.close()
    folders.release(launch)
  }
  record({ type: 'ended', time: Date.now(), stop })
}
