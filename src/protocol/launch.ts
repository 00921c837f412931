import { constants } from 'node:os'
import { type Static, Type } from '@sinclair/typebox'
import { type Readiness as ReadinessOfApp, readinessKindNames } from '../readiness/kinds.ts'
import { FileVariables } from './file-variables.ts'
import { HealthChecks } from './health-checks.ts'
import type { Immutable } from './immutable.ts'
import { Limits } from './limits.ts'
import { PlacedFile } from './placed-file.ts'
import { SessionKey } from './session-key.ts'

const Environment = Type.Record(Type.String(), Type.String())

const Signal = Type.Unsafe<NodeJS.Signals>(Type.Union(Object.keys(constants.signals).map(name => Type.Literal(name))))

const Duration = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

/** A year at most. */
export const Lifetime = Type.Integer({ minimum: 1, maximum: 31_536_000_000 })

const ReadinessSetting = Type.Union([Type.String(), Type.Literal(true), Type.Array(Type.String()), Type.Integer()])

const Readiness = Type.Unsafe<ReadinessOfApp>(
  Type.Object({
    kind: Type.Union(readinessKindNames.map(name => Type.Literal(name))),
    setting: ReadinessSetting,
    /** As the configuration has them. */
    options: Type.Optional(Type.Object({}))
  })
)

/** When a session whose run has ended gets another one; all of it is the supervisor's, which goes on without a gateway. */
const Restart = Type.Object({
  /** `unhealthy`: after nothing but failed health checks. */
  on: Type.Union([Type.Literal('failure'), Type.Literal('always'), Type.Literal('unhealthy')]),
  /** Restarts within `windowMs`; 0 is no limit. */
  max: Type.Integer({ minimum: 0 }),
  windowMs: Duration,
  backoffMs: Duration,
  maxBackoffMs: Duration,
  exceptExitCodes: Type.Array(Type.Integer())
})

export type Restart = Immutable<Static<typeof Restart>>

/**
 * All that is needed to run a session. Its strings are templates (see src/template), except those of `literalEnv` and
 * `params`, whose values come from clients.
 */
export const Launch = Type.Object({
  key: SessionKey,
  /** For the app's environment and for people. Ids start from 1 in every event log, so `key` identifies the session. */
  sessionId: Type.Integer({ minimum: 1 }),
  appId: Type.String(),
  command: Type.Array(Type.String(), { minItems: 1 }),
  cwd: Type.String(),
  env: Environment,
  /** Overrides `env`. */
  literalEnv: Environment,
  /** They override `env` but for the names that are fixed. */
  fileVariables: Type.Optional(FileVariables),
  /** Names of `passEnv` that the gateway's environment does not have. */
  missingEnv: Type.Optional(Type.Array(Type.String())),
  readiness: Readiness,
  /** What a launch has set, or the defaults of the app: `{params.name}`. Like `literalEnv` they have no placeholders. */
  params: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
  /** Whether there are placeholders, or doubled braces, that supervisors of before `appsVersion` do not know. */
  hasTemplates: Type.Optional(Type.Literal(true)),
  /** A service if it is absent. */
  kind: Type.Optional(Type.Literal('job')),
  /** With which a job has done its work. */
  successExitCodes: Type.Optional(Type.Array(Type.Integer())),
  /** Whether the session lives as long as its tree, not as its first process. */
  daemonizes: Type.Optional(Type.Literal(true)),
  /** As whom it runs, by name or number; as the supervisor if they are absent. */
  user: Type.Optional(Type.String()),
  group: Type.Optional(Type.String()),
  /** In octal. */
  umask: Type.Optional(Type.String()),
  /** /dev/null if it is absent; `open` never ends. */
  stdin: Type.Optional(Type.Literal('open')),
  /** Whether a terminal is its stdin, stdout and stderr. */
  tty: Type.Optional(Type.Literal(true)),
  limits: Type.Optional(Limits),
  /** Whether it says with lines of its stdout what it does. */
  speaks: Type.Optional(Type.Literal(true)),
  /** Absent if its first run is its only one. */
  restart: Type.Optional(Restart),
  /** Absent if it is not checked while it runs. */
  health: Type.Optional(HealthChecks),
  /** How long it lives from now on, whatever its runs. */
  lifetimeMs: Type.Optional(Lifetime),
  /** Whose folder it has, `{dir}`. */
  dir: Type.Optional(Type.Union([Type.Literal('session'), Type.Literal('app')])),
  /** How long the folder of a session stays after the end. */
  dirKeepMs: Type.Optional(Duration),
  /** They are written into the folder before each start; their texts have placeholders. */
  files: Type.Optional(Type.Array(PlacedFile)),
  /** They run one after the other before each start, with the environment of the app. */
  before: Type.Optional(Type.Array(Type.Array(Type.String(), { minItems: 1 }))),
  /** Likewise, once nothing is left of a run. */
  after: Type.Optional(Type.Array(Type.Array(Type.String(), { minItems: 1 }))),
  readyTimeoutMs: Duration,
  stopSignal: Signal,
  stopGraceMs: Duration,
  /** How it is stopped, beside the signal and the grace. */
  stop: Type.Optional(
    Type.Object({ leaderOnly: Type.Optional(Type.Boolean()), command: Type.Optional(Type.Array(Type.String())) })
  ),
  maxLogBytes: Type.Integer({ minimum: 1 }),
  /** Bytes of disk space that logs leave free. */
  minFreeBytes: Type.Integer({ minimum: 0 })
})

export type Launch = Immutable<Static<typeof Launch>>

/** What supervisors of before {@link appsVersion} know of readiness; options they would ignore. */
const earlyKinds: readonly string[] = ['line', 'pattern', 'tcp', 'http', 'none']

/**
 * The members of a launch that only supervisors of {@link appsVersion} or later understand, and what they are in the
 * configuration; a member has no name where its value asks for nothing new.
 */
const laterNames = {
  kind: ({ kind }) => [`kind = "${kind}"`],
  daemonizes: () => ['daemonizes'],
  restart: ({ restart }) => (restart?.on === 'unhealthy' ? [] : ['restart']),
  health: () => ['health'],
  lifetimeMs: () => ['lifetimeMs'],
  stop: ({ stop }) => (['leaderOnly', 'command'] as const).filter(name => stop?.[name]).map(name => `stop.${name}`),
  fileVariables: () => ['envFile or secrets'],
  user: () => ['user'],
  group: () => ['group'],
  umask: () => ['umask'],
  dir: () => ['dir'],
  files: () => ['files'],
  before: () => ['before'],
  after: () => ['after'],
  stdin: () => ['stdin'],
  tty: () => ['tty'],
  limits: ({ limits }) => (limits ? Object.keys(limits).map(name => `limits.${name.replace('Bytes', '')}`) : []),
  speaks: () => ['speaks'],
  hasTemplates: () => ['placeholders other than {port}, {appId} and {sessionId}'],
  readiness: ({ readiness: { kind, options = {} } }) => {
    // What they do anyway is what `anyProcess` asks for.
    const names = Object.keys(options).filter(name => name !== 'anyProcess')
    return [...(earlyKinds.includes(kind) ? [] : [kind]), ...names].map(name => `ready.${name}`)
  }
} as const satisfies { readonly [Name in keyof Launch]?: (launch: Pick<Launch, 'readiness' | Name>) => string[] }

export type NewMembers = Pick<Launch, keyof typeof laterNames>

/** The settings of a launch, as in the configuration, that only supervisors of {@link appsVersion} or later understand. */
export function laterMembers(launch: NewMembers): readonly string[] {
  return Object.entries(laterNames).flatMap(([member, name]) =>
    launch[member as keyof NewMembers] === undefined ? [] : name(launch)
  )
}
