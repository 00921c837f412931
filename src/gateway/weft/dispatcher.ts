import { appIdPattern } from '../../config/schema.ts'
import type { Scope } from '../../config/scopes.ts'
import { isStopped, type Session } from '../../session/session.ts'
import type { Principal } from '../access/principal.ts'
import { View } from '../access/view.ts'
import { AppNotFound, GatewayError, InsufficientScope, SessionNotFound } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import type { App } from '../launch/catalogue.ts'
import type { Log } from '../log.ts'
import { appStateOf, errorCodes, type Reply, type Request } from './messages.ts'

export interface DispatcherParts {
  readonly gateway: Gateway
  /** Whose rights the client has. */
  readonly principal: Principal
  /** Sends a message to all clients that are pushed to. */
  readonly broadcast: (message: Reply) => void
  /** Sends a text to the app of a session, if it listens. */
  readonly forward: (sessionId: number, payload: string) => void
  readonly log: Log
}

type Of<T extends Request['type']> = Extract<Request, { type: T }>

const scopeOf = {
  LAUNCH_APP: 'launch',
  TERMINATE_APP: 'stop',
  QUERY_RUNNING: 'read',
  QUERY_APP_STATE: 'read',
  QUERY_INSTALLED_APPS: 'read',
  IPC_FORWARD: 'launch',
  PANEL_GESTURE: 'read'
} as const satisfies Record<Request['type'], Scope>

const isAppId = new RegExp(appIdPattern)

/** Carries out the requests of a client of weft-appd's protocol. */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #view: View

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#view = new View(parts.gateway, parts.principal)
  }

  /** Never rejects. */
  async answer(request: Request): Promise<Reply> {
    const { principal, log } = this.#parts
    try {
      const scope = scopeOf[request.type]
      if (!principal.may(scope)) throw new InsufficientScope(scope)
      return await this.#dispatch(request)
    } catch (error) {
      if (error instanceof GatewayError) return refusal(error.message)
      log.error({ err: error }, 'a request of a WEFT client failed')
      return refusal('The gateway failed; its log has the error.')
    }
  }

  async #dispatch(request: Request): Promise<Reply> {
    switch (request.type) {
      case 'LAUNCH_APP':
        return await this.#launch(request)
      case 'TERMINATE_APP':
        return await this.#terminate(request)
      case 'QUERY_RUNNING':
        return { type: 'RUNNING_APPS', sessions: this.#view.live.map(infoOf) }
      case 'QUERY_APP_STATE':
        return this.#state(request)
      case 'QUERY_INSTALLED_APPS':
        return { type: 'INSTALLED_APPS', apps: this.#view.apps.map(installedOf) }
      case 'IPC_FORWARD':
        return this.#forward(request)
      case 'PANEL_GESTURE':
        return this.#gesture(request)
    }
  }

  /** An app that nobody knows gets a session, too, which ends at once. */
  async #launch({ app_id: appId }: Of<'LAUNCH_APP'>): Promise<Reply> {
    const { gateway, principal } = this.#parts
    if (!isAppId.test(appId)) return refusal(`${JSON.stringify(appId.slice(0, 200))} is not an app id.`)
    if (!principal.sees(appId)) throw new AppNotFound(appId)
    const session = gateway.catalogue.knows(appId)
      ? await this.#view.launch({ appId })
      : await gateway.launcher.launchFailed(appId, 'there is no such app')
    return { type: 'LAUNCH_ACK', ...infoOf(session) }
  }

  /** Answers when nothing is left of the session: a client takes `stopped` for the truth. */
  async #terminate({ session_id }: Of<'TERMINATE_APP'>): Promise<Reply> {
    if (!this.#find(session_id)) {
      return { type: 'ERROR', code: errorCodes.unknownSession, message: `session ${session_id} not found` }
    }
    await this.#view.terminate(session_id, { reason: 'terminated', initiator: 'client' }, {})
    const { state } = await this.#view.waitUntil(session_id, isStopped, {})
    return { type: 'APP_STATE', session_id, state: appStateOf[state] }
  }

  #state({ session_id }: Of<'QUERY_APP_STATE'>): Reply {
    const session = this.#find(session_id)
    return { type: 'APP_STATE', session_id, state: session ? appStateOf[session.state] : 'not_found' }
  }

  /** The reply is the same whether the app got the payload or not. */
  #forward({ session_id, payload }: Of<'IPC_FORWARD'>): Reply {
    if (this.#find(session_id)) this.#parts.forward(session_id, payload)
    return { type: 'APP_STATE', session_id, state: 'running' }
  }

  /** The sender gets it twice: as the reply, and like everybody. */
  #gesture({ type: _, ...gesture }: Of<'PANEL_GESTURE'>): Reply {
    const message = { type: 'NAVIGATION_GESTURE', ...gesture } as const
    this.#parts.broadcast(message)
    return message
  }

  #find(id: number): Session | undefined {
    try {
      return this.#view.session(id)
    } catch (error) {
      if (error instanceof SessionNotFound) return undefined
      throw error
    }
  }
}

function refusal(message: string): Reply {
  return { type: 'ERROR', code: errorCodes.refused, message }
}

export function infoOf({ id, appId }: Session): { readonly session_id: number; readonly app_id: string } {
  return { session_id: id, app_id: appId }
}

/** The shell of WEFT OS takes a name for HTML. */
function installedOf({ id, title = id, version = '' }: App) {
  return { app_id: id, name: /[<>]/.test(title) ? id : title, version }
}
