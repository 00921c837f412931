import { type Static, Type } from '@sinclair/typebox'
import { CgroupFolder } from './cgroups.ts'
import { Fact } from './fact.ts'
import type { Immutable } from './immutable.ts'
import { Lifetime } from './launch.ts'
import { SessionKey } from './session-key.ts'
import { spawnerNames } from './spawners.ts'

/** The answer to a `hello` that is not accepted. Its members are the same in all versions. */
const Refused = Type.Object({ type: Type.Literal('refused'), message: Type.String(), pid: Type.Integer() })

/** The answer to `hello`; the facts not yet acknowledged follow. */
const Welcome = Type.Object({
  type: Type.Literal('welcome'),
  /** The protocol version that both use from now on. */
  version: Type.Integer(),
  /** Identifies this run of the supervisor. */
  instance: Type.String(),
  pid: Type.Integer(),
  spawner: Type.Union(spawnerNames.map(name => Type.Literal(name))),
  /** Where the cgroups of sessions are; absent if they have none. */
  cgroups: Type.Optional(CgroupFolder),
  bootId: Type.String(),
  /** The sessions that it runs. */
  sessions: Type.Array(
    Type.Object({
      key: SessionKey,
      sessionId: Type.Integer(),
      appId: Type.String(),
      lifetimeMs: Type.Optional(Lifetime)
    })
  ),
  /** Sessions that it no longer runs, or reclaims, and whose end it will report. */
  ending: Type.Array(SessionKey)
})

/** How much output of all sessions was kept and dropped since this supervisor started. */
const LogUsage = Type.Object({
  type: Type.Literal('logUsage'),
  bytes: Type.Number(),
  droppedBytes: Type.Number(),
  /** How many processes were ended because nothing told whose they were. */
  strays: Type.Optional(Type.Integer({ minimum: 0 }))
})

/** A line of an app's stderr, for the gateway's own log. Not kept if no gateway is attached: the session's log has it. */
const StderrLine = Type.Object({
  type: Type.Literal('stderr'),
  key: SessionKey,
  line: Type.String(),
  /** How many lines were left out before this one. */
  omitted: Type.Optional(Type.Integer())
})

/** A message of the supervisor about itself, for the gateway's log. */
const Notice = Type.Object({ type: Type.Literal('notice'), message: Type.String() })

const Usage = Type.Object({
  cpuMs: Type.Number({ minimum: 0 }),
  rssBytes: Type.Integer({ minimum: 0 }),
  peakRssBytes: Type.Integer({ minimum: 0 }),
  processes: Type.Integer({ minimum: 0 }),
  at: Type.String()
})

/** The messages of a supervisor, by type. */
export const reports = {
  welcome: Welcome,
  refused: Refused,
  fact: Fact,
  stderr: StderrLine,
  logUsage: LogUsage,
  notice: Notice,
  /** The answer to a `flush`. */
  flushed: Type.Object({ type: Type.Literal('flushed'), request: Type.Integer({ minimum: 1 }) }),
  /** The answer to a `measure`; without usage if the session has no process. */
  measured: Type.Object({
    type: Type.Literal('measured'),
    request: Type.Integer({ minimum: 1 }),
    usage: Type.Optional(Usage)
  }),
  /** The answer to a `ping`. */
  pong: Type.Object({ type: Type.Literal('pong') })
} as const

type ReportOf = { [T in keyof typeof reports]: Immutable<Static<(typeof reports)[T]>> }

export type Report = ReportOf[keyof ReportOf]

export type Welcome = ReportOf['welcome']
export type Measured = ReportOf['measured']
export type Refused = ReportOf['refused']
export type LogUsage = ReportOf['logUsage']
export type StderrLine = ReportOf['stderr']

/** The sessions that a supervisor runs, or whose end it will report. */
export function sessionKeys({ sessions, ending }: Welcome): ReadonlySet<string> {
  return new Set([...sessions.map(({ key }) => key), ...ending])
}
