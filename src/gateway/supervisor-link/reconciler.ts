import {
  type Command,
  type LostTree,
  type ReclaimReason,
  type StopOrder,
  stopForEarlier
} from '../../protocol/commands.ts'
import { maxMessageBytes } from '../../protocol/message-socket.ts'
import { sessionKeys, type Welcome } from '../../protocol/reports.ts'
import { appsVersion } from '../../protocol/version.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'

export interface ReconcilerParts {
  readonly registry: Registry
  readonly log: Log
  readonly send: (command: Command) => void
}

const supervisorLost = 'the supervisor ended unexpectedly, and its sessions with it'

const neverLaunched: ReclaimReason = {
  reason: 'spawnFailed',
  message: 'the gateway ended before it passed the launch on'
}

const tooLarge: ReclaimReason = {
  reason: 'spawnFailed',
  message: `command and environment have more than ${maxMessageBytes} bytes`
}

const unknownSessionStop: StopOrder = { request: { reason: 'gatewayStopped', initiator: 'gateway' }, force: false }

/** Trees in one `reclaim` message. */
const reclaimLength = 1_000

/** Makes the sessions of the gateway and those of an attached supervisor the same. */
export class Reconciler {
  readonly #parts: ReconcilerParts
  #unknownSessions = 0

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
  }

  /** How many sessions have been stopped because the event log did not know them. */
  get unknownSessions(): number {
    return this.#unknownSessions
  }

  /**
   * Called with the welcome. What it sends, it sends in the same turn of the event loop, so that a launch that is passed
   * on afterwards is not taken for lost. Resolves when facts of this supervisor can be recorded.
   * @param endReason why the supervisor before it ended, if it said so
   */
  async welcomed(welcome: Welcome, endReason: string | undefined): Promise<void> {
    const { registry, log } = this.#parts
    const isAnother = welcome.instance !== registry.position.instance
    const begun = isAnother ? registry.switchSupervisor(welcome.instance) : undefined
    const { lost, neverLaunched: missing } = registry.treesExcept(sessionKeys(welcome))
    const message = endReason ? `${supervisorLost}: ${endReason}` : supervisorLost
    this.#reclaim(lost, { reason: 'supervisorLost', message })
    this.#reclaim(missing, neverLaunched)
    this.#stopUnknown(welcome)
    this.#stopAgain(welcome)
    this.#bound(welcome)
    const { pid: supervisorPid, version, spawner, cgroups, sessions } = welcome
    const counts = { sessions: sessions.length, lost: lost.length + missing.length }
    log.info({ supervisorPid, version, spawner, cgroups: cgroups ?? 'none', ...counts }, 'supervisor attached')
    await begun
  }

  /** Ends a session whose launch is too long for a message, or that the supervisor can not run. */
  refuseLaunch(key: string, message = tooLarge.message): void {
    this.#reclaim([{ key }], { ...tooLarge, message })
  }

  #stopAgain({ version }: Welcome): void {
    for (const { key, stopOrder } of this.#parts.registry.registrations) {
      if (!stopOrder) continue
      this.#parts.send({ type: 'stop', key, ...(version < appsVersion ? stopForEarlier(stopOrder) : stopOrder) })
    }
  }

  /** A lifetime may have been changed while it was not attached. */
  #bound({ sessions, version }: Welcome): void {
    if (version < appsVersion) return
    for (const { key, lifetimeMs: known } of sessions) {
      const session = this.#parts.registry.findLive(key)
      if (!session || session.lifetimeMs === known) continue
      const { lifetimeMs } = session
      this.#parts.send({ type: 'lifetime', key, ...(lifetimeMs !== undefined && { lifetimeMs }) })
    }
  }

  /** Stops sessions of another event log, since no client could see or stop them. */
  #stopUnknown({ sessions }: Welcome): void {
    const { registry, log, send } = this.#parts
    const unknown = sessions.filter(({ key }) => !registry.findLive(key))
    if (unknown.length === 0) return
    this.#unknownSessions += unknown.length
    log.warn({ sessions: unknown }, 'ending sessions that this event log does not know')
    for (const { key } of unknown) send({ type: 'stop', key, ...unknownSessionStop })
  }

  #reclaim(trees: readonly LostTree[], reason: ReclaimReason): void {
    for (let first = 0; first < trees.length; first += reclaimLength) {
      this.#parts.send({ type: 'reclaim', trees: trees.slice(first, first + reclaimLength), ...reason })
    }
  }
}
