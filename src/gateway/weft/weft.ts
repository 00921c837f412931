import type { Session } from '../../session/session.ts'
import type { EventType } from '../../session/transition.ts'
import type { Principal } from '../access/principal.ts'
import type { Gateway } from '../gateway.ts'
import type { Log } from '../log.ts'
import type { AppStores } from './app-stores.ts'
import { Dispatcher, infoOf } from './dispatcher.ts'
import { jsonOf } from './json.ts'
import type { Reply } from './messages.ts'
import { PortFile } from './port-file.ts'
import { preopens } from './preopens.ts'
import { type Peer, PushClient } from './push-client.ts'
import { Relays } from './relays.ts'
import { runtimeFolder, socketPath } from './runtime-folder.ts'
import { UnixServer } from './unix-server.ts'

export interface WeftOptions {
  readonly gateway: Gateway
  readonly log: Log
  readonly env: NodeJS.ProcessEnv
  readonly stores: AppStores
}

/** The protocol of weft-appd, over WebSockets and a Unix socket. */
export class Weft {
  readonly #options: WeftOptions
  readonly #clients = new Map<PushClient, Principal>()
  readonly #unixServer: UnixServer | undefined
  readonly #portFile: PortFile | undefined
  readonly #relays: Relays | undefined

  constructor(options: WeftOptions) {
    const { gateway, log, env } = options
    this.#options = options
    gateway.sessions.subscribe(({ type }, session) => this.#publish(type, session))
    const path = socketPath(env)
    const folder = runtimeFolder(env)
    const dispatcher = () => this.principal && this.#dispatcherFor(this.principal)
    if (path) this.#unixServer = new UnixServer({ path, log, dispatcher })
    if (folder) this.#portFile = new PortFile(folder)
    const received = (session_id: number, payload: string) => this.#received(session_id, payload)
    if (folder) this.#relays = new Relays({ folder, log, received })
  }

  /** Whose rights the clients have; undefined if there are tokens and none is named for them. */
  get principal(): Principal | undefined {
    const { access, config } = this.#options.gateway
    return access.named(config.weft.token)
  }

  /** @throws if another process serves `appd.sock`, or it can't be made */
  async listen(): Promise<void> {
    const { sessions, catalogue } = this.#options.gateway
    // Apps that ran on without a gateway can connect again.
    for (const { id, appId } of sessions.live) if (!catalogue.has(appId)) this.#relays?.open(id)
    await this.#unixServer?.listen()
  }

  /** As {@link AppSource.argumentsOf}. */
  argumentsOf({ id, appId }: Pick<Session, 'id' | 'appId'>): readonly string[] {
    const { stores, env, log } = this.#options
    const socket = this.#relays?.open(id)
    const ipc = socket === undefined ? [] : ['--ipc-socket', socket]
    try {
      return [...ipc, ...preopens(appId, stores.find(appId)?.capabilities ?? [], env)]
    } catch (err) {
      log.warn({ err, appId }, 'an app has no folder for its data')
      return ipc
    }
  }

  /** Tells clients the port of the WebSocket. */
  tellPort(port: number): void {
    try {
      this.#portFile?.write(port)
    } catch (err) {
      this.#options.log.warn({ err }, 'appd.wsport can not be written')
    }
  }

  /** A client has connected by WebSocket. */
  connect(peer: Peer, principal: Principal): PushClient {
    const { log } = this.#options
    const client = new PushClient({ peer, dispatcher: this.#dispatcherFor(principal), log })
    this.#clients.set(client, principal)
    return client
  }

  disconnected(client: PushClient): void {
    this.#clients.delete(client)
    client.closed()
  }

  /** After the last event. */
  close(): void {
    for (const client of this.#clients.keys()) client.close('shutdown')
    this.#unixServer?.close()
    this.#relays?.closeAll()
    this.#portFile?.remove()
  }

  #dispatcherFor(principal: Principal): Dispatcher {
    const { gateway, log } = this.#options
    return new Dispatcher({
      ...{ gateway, principal, log },
      broadcast: message => this.#broadcast(message),
      forward: (id, payload) => this.#relays?.send(id, payload)
    })
  }

  #received(session_id: number, payload: string): void {
    const { appId } = this.#options.gateway.sessions.get(session_id)
    this.#broadcast({ type: 'IPC_MESSAGE', session_id, payload }, principal => principal.sees(appId))
  }

  #publish(type: EventType, session: Session): void {
    if (type === 'Stopped') this.#relays?.close(session.id)
    const message = this.#clients.size > 0 ? messageOf(type, session) : undefined
    if (message) this.#broadcast(message, principal => principal.sees(session.appId))
  }

  #broadcast(message: Reply, isFor: (principal: Principal) => boolean = () => true): void {
    const text = jsonOf(message)
    for (const [client, principal] of this.#clients) if (isFor(principal)) client.push(text)
  }
}

/** What clients get of an event. */
function messageOf(type: EventType, session: Session): Reply | undefined {
  switch (type) {
    case 'Launched':
      return { type: 'LAUNCH_ACK', ...infoOf(session) }
    case 'AppReady':
      return { type: 'APP_READY', ...infoOf(session) }
    case 'Stopped':
      return { type: 'APP_STATE', session_id: session.id, state: 'stopped' }
    case 'Starting':
    case 'Restarting':
    case 'Updated':
    case 'Stopping':
      return undefined
  }
}
