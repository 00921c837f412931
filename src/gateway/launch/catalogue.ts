import { resolve } from 'node:path'
import { limitsOf } from '../../config/app-limits.ts'
import { hasLateTemplates, usesPort } from '../../config/app-templates.ts'
import type { AppEntry } from '../../config/complete-apps.ts'
import { healthOf } from '../../config/health.ts'
import { withLauncher } from '../../config/launchers.ts'
import type { Config } from '../../config/load.ts'
import { type Params, paramsSchema } from '../../config/params.ts'
import { restartOf } from '../../config/restart-policy.ts'
import type { Launch } from '../../protocol/launch.ts'
import { mostGraces } from '../../protocol/most-graces.ts'
import { type ReadinessKindName, readinessOf } from '../../readiness/kinds.ts'
import { afterMs } from '../../session/after-ms.ts'
import { literal } from '../../template/template.ts'
import { AppNotFound } from '../errors.ts'
import type { AppBounds } from '../expiry/bounds.ts'
import type { AppSource } from './app-source.ts'
import { preparationOf } from './preparation.ts'
import { isRunnable, runtimeEntry } from './runtime.ts'
import { appEnv, fileVariablesOf, inheritedEnv, missingOf } from './variables.ts'

/** How an app is run: the members of a launch that do not depend on the session. */
export type RunSpec = Omit<Launch, 'sessionId' | 'appId' | 'key' | 'literalEnv'>

/** What a launch needs of its app. */
export interface LaunchableApp {
  readonly run: RunSpec
  /** Names of variables that a launch may set. */
  readonly clientEnv: readonly string[]
  readonly maxSessions: number
  readonly params: Params
  /** As {@link AppSource.argumentsOf}; only the runtime has them. */
  readonly argumentsOf?: AppSource['argumentsOf']
  readonly bounds: AppBounds
}

/** An app of the catalogue, as clients see it. */
export interface App {
  readonly id: string
  readonly title?: string
  readonly description?: string
  readonly clientEnv: readonly string[]
  /** `job`: it does its work and exits. */
  readonly kind: 'service' | 'job'
  /** How it is found out that the app is ready. */
  readonly readiness: ReadinessKindName
  readonly readyTimeoutMs: number
  readonly stopSignal: string
  readonly stopGraceMs: number
  readonly maxSessions?: number
  /** Its parameters as JSON Schema. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly lifetimeMs?: number
  readonly leaseMs?: number
  readonly maxLifetimeMs?: number
  /** Does it get a port? */
  readonly usesPort: boolean
  /** Of an installed app, like `capabilities`. */
  readonly version?: string
  /** What an installed app asks the runtime for. */
  readonly capabilities?: readonly string[]
}

/** Every app gets these variables if the gateway has them. */
const baseEnv = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR']

/** The apps that can be launched. */
export class Catalogue {
  #config: Config
  readonly #env: NodeJS.ProcessEnv
  #longestGraceMs: number
  /** Made once for each app: environments are slow to read. */
  #launchables = new WeakMap<AppEntry, LaunchableApp>()
  #runtime: AppEntry
  #installed: AppSource = { apps: [], find: () => undefined, argumentsOf: () => [] }

  /** @param env the environment from which apps get variables */
  constructor(config: Config, env: NodeJS.ProcessEnv = process.env) {
    this.#config = config
    this.#env = env
    this.#runtime = runtimeEntry(config, env)
    this.#longestGraceMs = longestGraceMs(config, this.#runtime)
  }

  /** Adds apps that the runtime runs. Those of the configuration take precedence. */
  offer(installed: AppSource): void {
    this.#installed = installed
  }

  /** Replaces the apps for future launches. */
  reload({ apps, defaults, launchers, runtime, baseDir }: Config): void {
    this.#config = { ...this.#config, apps, defaults, launchers, runtime, baseDir }
    this.#launchables = new WeakMap()
    this.#runtime = runtimeEntry(this.#config, this.#env)
    this.#longestGraceMs = Math.max(this.#longestGraceMs, longestGraceMs(this.#config, this.#runtime))
  }

  /** The longest that any app can take to end, those before a reload included. */
  get longestGraceMs(): number {
    return this.#longestGraceMs
  }

  get apps(): readonly App[] {
    const ids = new Set([...Object.keys(this.#config.apps), ...this.#installed.apps.map(({ id }) => id)])
    return [...ids].sort().flatMap(id => this.#find(id) ?? [])
  }

  /** Is it declared or installed? The runtime may run others, too. */
  knows(id: string): boolean {
    return this.has(id) || this.#installed.find(id) !== undefined
  }

  has(id: string): boolean {
    return this.#entry(id) !== undefined
  }

  isJob(id: string): boolean {
    return this.#entry(id)?.kind === 'job'
  }

  /** @throws {AppNotFound} */
  get(id: string): App {
    const app = this.#find(id)
    if (!app) throw new AppNotFound(id)
    return app
  }

  #find(id: string): App | undefined {
    const entry = this.#entry(id)
    if (entry) return this.#describe(id, entry)
    const installed = this.#installed.find(id)
    if (!installed) return undefined
    const { name: title, version, capabilities } = installed
    return { ...this.#describe(id, this.#runtime), title, version, capabilities }
  }

  #describe(id: string, entry: AppEntry): App {
    const { title, description, clientEnv, maxSessions } = entry
    const { readiness, readyTimeoutMs, stopSignal, stopGraceMs } = this.#runSpec(entry)
    return {
      ...{ id, ...(title && { title }), ...(description && { description }), clientEnv },
      kind: entry.kind ?? 'service',
      ...{ readiness: readiness.kind, readyTimeoutMs, stopSignal, stopGraceMs },
      ...(maxSessions !== undefined && { maxSessions }),
      ...(entry.params && { params: paramsSchema(entry.params) }),
      ...appBounds(entry),
      usesPort: usesPort(withLauncher(entry, this.#config.launchers))
    }
  }

  /**
   * An app to be launched; undefined if there is no runtime, and either no catalogue or the app is an installed one.
   * @throws {AppNotFound} if there is a catalogue, the app is not in it, and there is no runtime
   */
  launchable(id: string): LaunchableApp | undefined {
    const entry = this.#entry(id) ?? (isRunnable(this.#runtime) ? this.#runtime : undefined)
    if (entry) return this.#launchable(entry)
    if (Object.keys(this.#config.apps).length === 0 || this.#installed.find(id)) return undefined
    throw new AppNotFound(id)
  }

  #entry(id: string): AppEntry | undefined {
    return Object.hasOwn(this.#config.apps, id) ? this.#config.apps[id] : undefined
  }

  #launchable(entry: AppEntry): LaunchableApp {
    const { clientEnv, maxSessions = Number.POSITIVE_INFINITY } = entry
    const { params = {} } = entry
    const launchable = this.#launchables.get(entry) ?? {
      ...{ run: this.#runSpec(entry), clientEnv, maxSessions, params },
      ...(entry === this.#runtime && { argumentsOf: session => this.#installed.argumentsOf(session) }),
      bounds: appBounds(entry)
    }
    this.#launchables.set(entry, launchable)
    return launchable
  }

  #runSpec(declared: AppEntry): RunSpec {
    const { retention, baseDir, launchers } = this.#config
    const entry = withLauncher(declared, launchers)
    return {
      command: entry.command,
      cwd: workingFolder(entry, baseDir),
      ...placeOf(entry),
      ...preparationOf(entry, baseDir),
      env: appEnv(entry, inheritedEnv([...inheritedBy(entry), ...entry.passEnv], this.#env)),
      ...fileVariablesOf(entry, baseDir),
      ...missingOf(entry.passEnv, this.#env),
      readiness: readinessOf(entry.ready),
      ...(hasLateTemplates(entry) && { hasTemplates: true as const }),
      ...(entry.kind === 'job' && { kind: entry.kind, successExitCodes: entry.successExitCodes ?? [0] }),
      ...(entry.daemonizes && { daemonizes: entry.daemonizes }),
      ...(entry.speaks && { speaks: entry.speaks }),
      ...restartOf(entry),
      ...healthOf(entry),
      ...limitsOf(entry),
      readyTimeoutMs: entry.readyTimeoutMs,
      stopSignal: entry.stopSignal,
      stopGraceMs: entry.stopGraceMs,
      ...(entry.stop && { stop: entry.stop }),
      ...(entry.stdin === 'open' && { stdin: entry.stdin }),
      ...(entry.tty && { tty: entry.tty }),
      maxLogBytes: retention.sessionLogMaxBytes,
      minFreeBytes: retention.minFreeBytes
    }
  }
}

function appBounds({ lifetimeMs, leaseMs, maxLifetimeMs }: AppEntry): AppBounds {
  return {
    ...(lifetimeMs !== undefined && { lifetimeMs }),
    ...(leaseMs !== undefined && { leaseMs }),
    ...(maxLifetimeMs !== undefined && { maxLifetimeMs })
  }
}

function placeOf({ user, group, umask, dir, dirKeepMs }: AppEntry): Partial<RunSpec> {
  return {
    ...(user && { user }),
    ...(group && { group }),
    ...(umask && { umask }),
    ...(dir && { dir }),
    ...(dirKeepMs && { dirKeepMs })
  }
}

/** Another user has a home of its own, a folder has room for temporary files. */
function inheritedBy({ user, dir }: AppEntry): readonly string[] {
  if (!user && !dir) return baseEnv
  return baseEnv.filter(name => !(user && name === 'HOME') && !(dir && name === 'TMPDIR'))
}

function workingFolder({ cwd, dir }: AppEntry, baseDir: string): string {
  if (cwd === undefined && dir) return '{dir}'
  // Their values are absolute paths.
  if (cwd?.startsWith('{dir}') || cwd?.startsWith('{env.')) return cwd
  return resolve(literal(baseDir), cwd ?? '.')
}

/** The commands after the end of an app have a time of their own. */
function longestGraceMs({ defaults, launchers, apps }: Config, runtime: AppEntry): number {
  const entries = [...Object.values(apps), runtime]
  const graces = entries.map(
    app => stoppingMs(app) + (withLauncher(app, launchers).after ? afterMs(app.stopGraceMs) : 0)
  )
  return Math.max(defaults.stopGraceMs, ...graces)
}

function stoppingMs({ stopGraceMs, speaks, ready }: AppEntry): number {
  return speaks || ready.notify ? mostGraces * stopGraceMs : stopGraceMs
}
