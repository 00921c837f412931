import type { Config } from '../config/load.ts'
import { exposureWarnings } from '../config/validate.ts'
import { weftWarnings } from '../config/weft-faults.ts'
import type { Fact } from '../protocol/fact.ts'
import { isStopped, type Session } from '../session/session.ts'
import { sessionLogFolder } from '../session-log/folder.ts'
import { openStateFolder, type StateFolder, takeLock } from '../state-folder.ts'
import { Access } from './access/access.ts'
import type { StoredLog } from './access/log-view.ts'
import { Draining, StorageUnavailable } from './errors.ts'
import { type CurrentTrace, logEvents } from './event-lines.ts'
import { Leases } from './expiry/leases.ts'
import { SessionUpdates } from './expiry/session-updates.ts'
import { Feed } from './feed/feed.ts'
import { Catalogue } from './launch/catalogue.ts'
import { Idempotency } from './launch/idempotency.ts'
import { Launcher } from './launch/launcher.ts'
import { haveEnded } from './launch/unrecorded-ends.ts'
import type { Log } from './log.ts'
import { renameOldLogs } from './logs/migrate-log-folders.ts'
import { DurableSessions } from './registry/durable-sessions.ts'
import { Registry } from './registry/registry.ts'
import { Reloader } from './reload.ts'
import { Retention } from './retention/retention.ts'
import { SessionLists } from './session-lists.ts'
import { SessionUsage } from './session-usage.ts'
import { StatsReporter } from './stats/stats.ts'
import { StatusReporter } from './status.ts'
import { whenUnlocked } from './store/locked.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { AppStderr } from './supervisor-link/app-stderr.ts'
import { SupervisorLink } from './supervisor-link/link.ts'
import { LaunchTraces } from './telemetry/launch-traces.ts'

export interface GatewayOptions {
  readonly config: Config
  readonly log: Log
  /** The trace of the request that is being served, for log lines. */
  readonly currentTrace?: CurrentTrace
  /** Are launches traced? */
  readonly isTraced?: boolean
}

/** The parts of the gateway process, built here in the order of their dependencies. `drain` and then `close` end them, in the order written there. */
export interface Gateway {
  readonly config: Config
  readonly stateFolder: StateFolder
  readonly store: Store
  /** The one writer of the states of sessions. */
  readonly registry: Registry
  /** The durable states of sessions, to read and subscribe to. */
  readonly sessions: DurableSessions
  readonly sessionLists: SessionLists
  readonly sessionUsage: SessionUsage
  readonly supervisor: SupervisorLink
  readonly catalogue: Catalogue
  readonly launcher: Launcher
  readonly leases: Leases
  readonly sessionUpdates: SessionUpdates
  readonly idempotency: Idempotency
  readonly feed: Feed
  readonly retention: Retention
  readonly access: Access
  readonly statusReporter: StatusReporter
  readonly statsReporter: StatsReporter
  /** Given if launches are traced. */
  readonly traces: LaunchTraces | undefined
  sessionLog(session: Session): StoredLog
  /** @throws {Draining | SupervisorUnavailable | StorageUnavailable} if nothing can be launched */
  requireReady(): void
  /** Applies the tokens and the catalogue of a new configuration. One with faults is logged and changes nothing. */
  reload(load: () => Config): void
  /**
   * The first half of the shutdown, while clients are still connected; a second call returns the same promise. Resolves
   * with the ids of the sessions that have ended but whose end can't be recorded.
   */
  drain(): Promise<readonly number[]>
  /** Kills the sessions that a drain is stopping, but not those that are to be kept. */
  killStopping(): void
  /** The second half of the shutdown, when no request is served any more. */
  close(): Promise<void>
}

/** @throws if the state folder is in use or can't be used, or no supervisor can be started or attached; then nothing is left open. */
export async function openGateway({ config, log, currentTrace, isTraced }: GatewayOptions): Promise<Gateway> {
  for (const { path, detail } of [...exposureWarnings(config), ...weftWarnings(config)]) log.warn({ path }, detail)
  const stateFolder = openStateFolder(config.stateDir)
  const lock = takeLock(stateFolder.path, 'gateway.lock')
  if (!lock) throw new StateFolderInUse(config.stateDir)
  let store: Store | undefined
  try {
    store = await openStore({ path: stateFolder.database, log })
    const { epoch, newEpochBecause: reason } = store
    if (reason) log.warn({ epoch, reason }, 'the event log has a new epoch: clients get a gap and a snapshot')
    const sessions = new DurableSessions({ store, log })
    const registry = new Registry({ store, sessions, stop: (key, order) => supervisor.stop(key, order) })
    // Before the log: its lines are made after clients have the events.
    const feed = new Feed({ sessions, store, log })
    logEvents({ sessions, log, ...(currentTrace && { currentTrace }) })
    renameOldLogs(stateFolder.logs, store)
    const traces = isTraced ? new LaunchTraces(sessions) : undefined
    const reported = traces && ((fact: Fact) => traces.reported(fact, registry.findLive(fact.key)))
    const appStderr = new AppStderr({ ...config.server, sessions, log })
    const parts = { folder: stateFolder, registry, epoch, log, appStderr, reported }
    const supervisor = new SupervisorLink({ ...config.server, ...parts })
    // It records that it has attached.
    await whenUnlocked({ path: stateFolder.database, log }, () => supervisor.open())
    return assemble({ config, log, stateFolder, lock, store, registry, sessions, feed, supervisor, traces })
  } catch (error) {
    store?.close()
    lock.release()
    throw error
  }
}

type Opened = Pick<
  Gateway,
  'config' | 'stateFolder' | 'store' | 'registry' | 'sessions' | 'feed' | 'supervisor' | 'traces'
> & {
  readonly log: Log
  readonly lock: { release(): void }
}

function assemble(opened: Opened): Gateway {
  const { config, log, stateFolder, lock, store, registry, sessions, feed, supervisor, traces } = opened
  const catalogue = new Catalogue(config)
  const { limits, server, tokens } = config
  const launcher = new Launcher({ catalogue, registry, sessions, supervisor, limits, onStop: server.onStop, traces })
  const leases = new Leases({ registry, sessions })
  const sessionUpdates = new SessionUpdates({ catalogue, registry, supervisor, leases })
  const access = new Access(tokens)
  const reloader = new Reloader({ config, catalogue, access, log })
  const statusReporter = new StatusReporter()
  const retention = new Retention({ store, logsFolder: stateFolder.logs, bounds: config.retention, log })
  let drained: Promise<readonly number[]> | undefined
  const drain = async () => {
    // Refuses launches from now on, and stops the sessions unless they are to be kept.
    const unrecorded = await launcher.end()
    leases.close()
    registry.flushUpdates()
    // Answers all waits with the session as it is.
    sessions.close()
    // Clients get the last event before their streams are closed.
    feed.close()
    return unrecorded
  }
  return {
    ...{
      config,
      stateFolder,
      store,
      registry,
      sessions,
      supervisor,
      catalogue,
      launcher,
      feed,
      retention,
      traces,
      leases,
      sessionUpdates
    },
    sessionLists: new SessionLists(store),
    sessionUsage: new SessionUsage({ registry, supervisor }),
    idempotency: new Idempotency(store.idempotencyKeys),
    access,
    statusReporter,
    statsReporter: new StatsReporter({ store, sessions }),
    sessionLog(session) {
      const key = store.keyOf(session.id) ?? ''
      const folder = sessionLogFolder(stateFolder.logs, session.id, key)
      return { folder, flush: async () => (isStopped(session) ? undefined : await supervisor.flushLog(key)) }
    },
    requireReady() {
      if (launcher.isDraining) throw new Draining()
      supervisor.requireUsable()
      if (!store.isUsable()) throw new StorageUnavailable('The event log can’t be written.')
    },
    reload: load => reloader.reload(load),
    drain: () => (drained ??= drain()),
    killStopping() {
      if (server.onStop === 'stop') void launcher.stopAll({ force: true })
    },
    async close() {
      statusReporter.close()
      await retention.close()
      // The supervisor exits after its last session. Its last facts need the store.
      leases.close()
      registry.close()
      await supervisor.close({ shutdown: haveEnded({ registry, supervisor }) })
      store.close()
      // Last: from now on another gateway can use the state folder.
      lock.release()
    }
  }
}

class StateFolderInUse extends Error {
  constructor(path: string) {
    super(`Another gateway runs on the state folder ${path}; give this one its own with --state-dir.`)
  }
}
