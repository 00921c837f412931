import type { Launch } from '../../protocol/launch.ts'
import { sessionKeyVariable } from '../../protocol/session-key.ts'
import { AppNotFound, InvalidRequest } from '../errors.ts'
import type { LaunchEnv, Registration } from '../store/records.ts'
import type { LaunchTrace } from '../telemetry/launch-trace.ts'
import type { Catalogue, LaunchableApp } from './catalogue.ts'

export interface LaunchContext {
  readonly env?: LaunchEnv | undefined
  readonly trace?: LaunchTrace | undefined
}

/** The message to the supervisor that launches a session. The gateway's own variables override those of the request. */
export function launchMessage(registration: Registration, { run }: LaunchableApp, context: LaunchContext): Launch {
  const { session, key } = registration
  const { env = {}, trace } = context
  const { id: sessionId, appId } = session
  const ours = { WEFT_APP_ID: appId, WEFT_SESSION_ID: String(sessionId), [sessionKeyVariable]: key }
  return { sessionId, appId, key, ...run, literalEnv: { ...(trace ? trace.environment(env, run.env) : env), ...ours } }
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
  | { readonly app: LaunchableApp; readonly fault?: never }
  | { readonly app?: never; readonly fault: string }

/** The app of a queued launch, checked again since the catalogue may have changed; or why it can't be launched now. */
export function reexamine(catalogue: Catalogue, appId: string, env: LaunchEnv = {}): Reexamined {
  const gone = { fault: `'${appId}' left the catalogue while the session was queued` }
  try {
    const app = catalogue.launchable(appId)
    checkClientEnv(env, app)
    return app ? { app } : gone
  } catch (error) {
    if (error instanceof AppNotFound) return gone
    if (!(error instanceof InvalidRequest)) throw error
    return { fault: `the catalogue changed while the session was queued: ${error.message}` }
  }
}
