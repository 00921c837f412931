import { constants } from 'node:os'
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { cgroupUses } from '../protocol/cgroups.ts'
import { spawnerNames } from '../protocol/spawners.ts'
import { defaultLine, type ReadyEntry, readinessKindNames, readinessKinds } from '../readiness/kinds.ts'
import { readyOptionNames, readyOptions } from '../readiness/options.ts'
import { AppLimits } from './app-limits.ts'
import { appPatternPattern } from './app-patterns.ts'
import { boundSettings } from './bounds.ts'
import { Health } from './health.ts'
import { Launcher, launcherSetting } from './launchers.ts'
import { Params } from './params.ts'
import { placeSettings } from './place.ts'
import { preparationSettings } from './preparation.ts'
import { Restart } from './restart-policy.ts'
import { scopes } from './scopes.ts'
import { StopSettings } from './stop-settings.ts'
import { envNamePattern, PassEnv, variableSettings } from './variables.ts'
import { Weft } from './weft.ts'

export const appIdPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'

/** Of a token, as `weft-gateway token new` prints it. */
export const hashPattern = '^sha256:[0-9a-fA-F]{64}$'

const closed = { additionalProperties: false } as const
const day = 86_400_000
const mebibyte = 1_048_576

/** A timer takes at most 2,147,483,647 ms, also after a margin is added to a duration. */
const Duration = (options: object = {}) => Type.Integer({ minimum: 0, maximum: day, ...options })
const Age = (options: object = {}) => Type.Integer({ minimum: 0, maximum: 36_500 * day, ...options })
const Count = (options: object = {}) => Type.Integer({ minimum: 0, ...options })
const Signal = (options: object = {}) =>
  Type.Unsafe<NodeJS.Signals>({ enum: Object.keys(constants.signals), ...options })
const EnvName = Type.String({ pattern: envNamePattern })
const Text = (options: object = {}) => Type.String({ minLength: 1, pattern: '^[^\\u0000]*$', ...options })
/** An argument of execve(2): it can be empty. */
const Argument = Text({ minLength: 0 })
const Choice = <const T extends string>(values: readonly T[], options: object = {}) =>
  Type.Unsafe<T>({ enum: [...values], ...options })
/** Values are checked even if their names do not match the pattern. */
const Table = <T extends TSchema>(pattern: string, value: T, options: object = { default: {} }) =>
  Type.Unsafe<Record<string, Static<T>>>({
    type: 'object',
    additionalProperties: value,
    propertyNames: { pattern },
    ...options
  })

const Server = Type.Object(
  {
    host: Text({ default: '127.0.0.1' }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 7410, description: '0 is any free port' }),
    socket: Type.Optional(Text({ description: 'a Unix socket to listen on, instead of host and port' })),
    maxConnections: Count({ default: 16_384, description: 'that are open; 0 is no limit' }),
    maxConnectionsPerAddress: Count({
      default: 1_024,
      description: 'of each address but this machine’s own; 0 is no limit'
    }),
    stallTimeoutMs: Duration({
      default: 60_000,
      description: 'after which a connection is closed whose client reads nothing of its answer; 0 is no limit'
    }),
    allowedHosts: Type.Array(Text(), {
      default: [],
      description: 'names in the Host header beside this machine’s own'
    }),
    allowedOrigins: Type.Array(Text(), { default: [], description: 'origins of pages that may use the API' }),
    stateDir: Type.Optional(Text()),
    logLevel: Choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { default: 'info' }),
    logApps: Choice(['none', 'failures', 'all'], {
      default: 'failures',
      description: 'whose stderr is also in the gateway’s own log: of failed starts, or of all apps'
    }),
    onStop: Choice(['stop', 'keep'], {
      default: 'stop',
      description: 'what becomes of the sessions on SIGTERM and SIGINT'
    }),
    orphanTimeoutMs: Duration({
      default: 600_000,
      maximum: 7 * day,
      description: 'how long sessions run on without a gateway; 0 is no limit'
    }),
    spawner: Type.Optional(Choice(spawnerNames)),
    cgroups: Type.Optional(
      Choice(cgroupUses, {
        description: 'which sessions get a cgroup where there can be one; those with limits by default'
      })
    )
  },
  { ...closed, default: {} }
)

const Limits = Type.Object(
  {
    maxSessions: Count({ default: 1_000 }),
    maxStarting: Count({ default: 16, description: 'at the same time; others are queued; 0 is no limit' }),
    requestsPerMinute: Count({ default: 600_000, description: 'of each token at each address; 0 is no limit' }),
    maxStreamsPerToken: Count({ default: 2_048, description: 'of events and followed logs; 0 is no limit' }),
    authFailuresPerMinute: Count({ default: 10, description: 'of each address; 0 is no limit' })
  },
  { ...closed, default: {} }
)

const Retention = Type.Object(
  {
    eventsMaxAgeMs: Age({ default: 7 * day }),
    eventsMaxCount: Count({ default: 1_000_000 }),
    sessionsMaxAgeMs: Age({ default: 7 * day, description: 'of stopped sessions, with their logs' }),
    sessionsMaxCount: Count({ default: 10_000 }),
    sessionLogMaxBytes: Count({ default: 16 * mebibyte, minimum: mebibyte, description: 'of each session' }),
    logsMaxBytes: Count({ default: 1_024 * mebibyte, description: 'of the logs of all stopped sessions' }),
    minFreeBytes: Count({
      default: 64 * mebibyte,
      description: 'of the disk, which logs leave to the database; at most a tenth of it'
    })
  },
  { ...closed, default: {} }
)

const Ready = (options: object = {}) =>
  Type.Unsafe<ReadyEntry>({
    type: 'object',
    properties: {
      ...Object.fromEntries(readinessKindNames.map(name => [name, readinessKinds[name].schema])),
      ...Object.fromEntries(readyOptionNames.map(name => [name, readyOptions[name].schema]))
    },
    ...closed,
    description: 'how it is found out that the app is ready: one kind, and its options',
    ...options
  })

const clientEnv = 'names that a launch may set'

/** What `[defaults]`, a template or an app can have; only `[defaults]` has values for what is missing. */
const appSettings = {
  title: Type.Optional(Text()),
  description: Type.Optional(Text()),
  ...placeSettings,
  ...preparationSettings,
  launcher: launcherSetting,
  cwd: Type.Optional(Text({ description: 'relative to the file; its folder by default' })),
  env: Type.Optional(Table(envNamePattern, Argument, {})),
  ...variableSettings,
  passEnv: Type.Optional(PassEnv()),
  params: Type.Optional(Params),
  clientEnv: Type.Optional(Type.Array(EnvName, { description: clientEnv })),
  kind: Type.Optional(
    Choice(['service', 'job'], { description: 'a job does its work and exits; a service by default' })
  ),
  successExitCodes: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), {
      minItems: 1,
      description: 'with which a job has done its work; 0 by default'
    })
  ),
  daemonizes: Type.Optional(
    Type.Literal(true, { description: 'the session lives as long as its processes, not as the first of them' })
  ),
  speaks: Type.Optional(
    Type.Literal(true, { description: 'lines of its stdout say what it does: PROGRESS, STATUS, EXTEND, FAIL' })
  ),
  restart: Type.Optional(Restart),
  ...boundSettings,
  ready: Type.Optional(Ready()),
  health: Type.Optional(Health),
  readyTimeoutMs: Type.Optional(Duration({ minimum: 1 })),
  stopSignal: Type.Optional(Signal()),
  stopGraceMs: Type.Optional(Duration()),
  stop: Type.Optional(StopSettings),
  stdin: Type.Optional(Choice(['null', 'open'], { description: 'open: it never ends; /dev/null by default' })),
  tty: Type.Optional(Type.Boolean({ description: 'a terminal is its stdin, stdout and stderr' })),
  limits: Type.Optional(AppLimits),
  maxSessions: Type.Optional(Count())
}

const Defaults = Type.Object(
  {
    ...appSettings,
    env: Table(envNamePattern, Argument),
    passEnv: PassEnv({ default: [] }),
    clientEnv: Type.Array(EnvName, { default: [], description: clientEnv }),
    ready: Ready({ default: { line: defaultLine } }),
    readyTimeoutMs: Duration({ default: 30_000, minimum: 1 }),
    stopSignal: Signal({ default: 'SIGTERM' }),
    stopGraceMs: Duration({ default: 5_000 })
  },
  { ...closed, default: {}, description: 'of all apps' }
)

const Template = Type.Object(
  {
    command: Type.Optional(Type.Array(Argument, { minItems: 1, description: 'an argv, never a shell string' })),
    ...appSettings
  },
  closed
)

const App = Type.Object(
  { use: Type.Optional(Text({ description: 'the template that it is completed with' })), ...Template.properties },
  closed
)

/** How apps outside the catalogue are run, as far as the WEFT runtime is not run as it always was. */
const Runtime = Type.Object(
  {
    command: Type.Optional(
      Type.Array(Argument, {
        minItems: 1,
        description: 'an argv, in which {bin} is WEFT_RUNTIME_BIN; ["{bin}", "{appId}", "{sessionId}"] by default'
      })
    ),
    args: Type.Optional(Type.Array(Argument, { description: 'arguments after those of the command' })),
    ...Type.Omit(Template, ['command', 'title', 'description', 'kind', 'successExitCodes']).properties
  },
  { ...closed, description: 'the runtime of apps outside the catalogue' }
)

export type RuntimeOfFile = Static<typeof Runtime>

export const appSettingNames: readonly string[] = Object.keys(App.properties)

const Token = Type.Object(
  {
    name: Text({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
    hash: Text({ pattern: hashPattern, description: 'as `weft-gateway token new` prints it' }),
    scopes: Type.Array(Choice(scopes), { minItems: 1, uniqueItems: true }),
    apps: Type.Optional(
      Type.Array(Type.String({ pattern: appPatternPattern }), {
        minItems: 1,
        description: 'patterns of the apps that are there for the token; all apps by default'
      })
    )
  },
  closed
)

/** A configuration file, which is TOML. */
export const ConfigFile = Type.Object(
  {
    server: Server,
    limits: Limits,
    defaults: Defaults,
    templates: Table(appIdPattern, Template),
    runtime: Type.Optional(Runtime),
    weft: Weft,
    launchers: Table(appIdPattern, Launcher),
    retention: Retention,
    tokens: Type.Array(Token, { default: [] }),
    apps: Table(appIdPattern, App)
  } satisfies Record<string, TSchema>,
  closed
)

export type ConfigFile = Static<typeof ConfigFile>

export type Defaults = Static<typeof Defaults>

export type AppOfFile = Static<typeof App>

export type TokenEntry = Static<typeof Token>
