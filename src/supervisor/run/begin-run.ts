import type { Launch } from '../../protocol/launch.ts'
import type { PlaceholderValues } from '../placeholders.ts'
import { runPrepared } from '../preparation/prepared-run.ts'
import type { ProcessTree } from '../processes/process-host.ts'
import type { OverRun } from '../restart/run-again.ts'
import { masked, withVariables } from '../variables/with-variables.ts'
import { type App, type RunSupervision, runApp } from './run-app.ts'

/** Resolves when a run is over, or is to be. @throws only as long as no process has been spawned */
export async function beginRun(
  launch: Launch,
  values: PlaceholderValues,
  supervision: RunSupervision
): Promise<OverRun> {
  if (!launch.fileVariables) return await runWithCommands({ launch, mask: undefined }, values, supervision)
  const app = await withVariables(launch, launch.fileVariables)
  return await runWithCommands(app, values, supervision).catch(error => Promise.reject(masked(error, app.mask)))
}

/** With its files, and its commands before and after it. */
async function runWithCommands(app: App, values: PlaceholderValues, supervision: RunSupervision): Promise<OverRun> {
  const { files, before, after } = app.launch
  if (!files && !before && !after) return await runWithSocket(app, values, supervision)
  const start = (predecessor?: ProcessTree) => runWithSocket({ ...app, predecessor }, values, supervision)
  return await runPrepared({ ...supervision, ...app, values, start })
}

/** With the socket to which it reports, if it does. */
async function runWithSocket(app: App, values: PlaceholderValues, supervision: RunSupervision): Promise<OverRun> {
  const { launch } = app
  if (launch.readiness.kind !== 'notify') return await runApp(app, values, supervision)
  const notifySocket = await supervision.notifySockets.open(launch)
  try {
    return await runApp(app, values, { ...supervision, notifySocket })
  } catch (error) {
    notifySocket.close()
    throw error
  }
}
