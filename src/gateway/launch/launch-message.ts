import type { Launch } from '../../protocol/launch.ts'
import { sessionKeyVariable } from '../../protocol/session-key.ts'
import { AppNotFound, InvalidRequest } from '../errors.ts'
import type { LaunchEnv, Registration } from '../store/records.ts'
import type { LaunchTrace } from '../telemetry/launch-trace.ts'
import type { Catalogue, LaunchableApp } from './catalogue.ts'
import { paramsOfLaunch } from './params.ts'

export interface LaunchContext {
  readonly env?: LaunchEnv | undefined
  /** Of all parameters of the app. */
  readonly params?: Launch['params']
  readonly trace?: LaunchTrace | undefined
}

/** The message to the supervisor that launches a session. The gateway's own variables override those of the request. */
export function launchMessage(registration: Registration, app: LaunchableApp, context: LaunchContext): Launch {
  const { session, key } = registration
  const { run } = app
  const { env = {}, params = {}, trace } = context
  const { id: sessionId, appId, lifetimeMs } = session
  const bound = lifetimeMs === undefined ? undefined : { lifetimeMs }
  const ours = { WEFT_APP_ID: appId, WEFT_SESSION_ID: String(sessionId), [sessionKeyVariable]: key }
  const values = Object.keys(params).length > 0 && { params }
  const more = app.argumentsOf?.(session) ?? []
  const command = more.length > 0 ? [...run.command, ...more] : run.command
  return {
    sessionId,
    appId,
    key,
    ...run,
    ...values,
    command,
    ...bound,
    literalEnv: { ...(trace ? trace.environment(env, run.env) : env), ...ours }
  }
}

/** @throws {InvalidRequest} if the launch sets variables that the app does not let it set */
export function checkClientEnv(env: LaunchEnv, app: LaunchableApp | undefined): void {
  const faults = Object.keys(env)
    .filter(name => !app?.clientEnv.includes(name))
    .map(name => ({
      pointer: `/body/env/${name}`,
      detail: 'is not among the variables that a launch of this app can set'
    }))
  if (faults.length > 0) throw new InvalidRequest(faults)
}

type Reexamined =
  | { readonly app: LaunchableApp; readonly params: Launch['params']; readonly fault?: never }
  | { readonly app?: never; readonly params?: never; readonly fault: string }

/** The app of a queued launch, checked again since the catalogue may have changed; or why it can't be launched now. */
export function reexamine(catalogue: Catalogue, queued: Registration): Reexamined {
  const { queuedEnv: env = {}, queuedParams = {} } = queued
  const { appId } = queued.session
  const gone = { fault: `'${appId}' left the catalogue while the session was queued` }
  try {
    const app = catalogue.launchable(appId)
    checkClientEnv(env, app)
    return app ? { app, params: paramsOfLaunch(queuedParams, app.params) } : gone
  } catch (error) {
    if (error instanceof AppNotFound) return gone
    if (!(error instanceof InvalidRequest)) throw error
    return { fault: `the catalogue changed while the session was queued: ${error.message}` }
  }
}
