import { type Static, Type } from '@sinclair/typebox'
import { Fact } from './fact.ts'
import type { Immutable } from './immutable.ts'
import { SessionKey } from './session-key.ts'
import { spawnerNames } from './spawners.ts'

/** The answer to a `hello` that is not accepted. Its members are the same in all versions. */
const Refused = Type.Object({ type: Type.Literal('refused'), message: Type.String(), pid: Type.Integer() })

/** The answer to `hello`; the facts not yet acknowledged follow. */
const Welcome = Type.Object({
  type: Type.Literal('welcome'),
  /** The one that both speak from here on. */
  version: Type.Integer(),
  /** Names this run of the supervisor. */
  instance: Type.String(),
  pid: Type.Integer(),
  spawner: Type.Union(spawnerNames.map(name => Type.Literal(name))),
  bootId: Type.String(),
  /** The sessions that it runs. */
  sessions: Type.Array(Type.Object({ key: SessionKey, sessionId: Type.Integer(), appId: Type.String() })),
  /** Sessions that it does not run (any more), but is going to tell the end of. */
  ending: Type.Array(SessionKey)
})

/** What became of the output of all sessions since this supervisor began. */
const LogUsage = Type.Object({
  type: Type.Literal('logUsage'),
  bytes: Type.Number(),
  droppedBytes: Type.Number()
})

/** A line of an app's stderr, for the gateway's own log. Lost when nobody listens: the session's log has it. */
const StderrLine = Type.Object({
  type: Type.Literal('stderr'),
  key: SessionKey,
  line: Type.String(),
  /** How many lines before this one were left out. */
  omitted: Type.Optional(Type.Integer())
})

/** Something about the supervisor itself that people should know, for the gateway's log. */
const Notice = Type.Object({ type: Type.Literal('notice'), message: Type.String() })

/** What a supervisor says, by type. */
export const reports = {
  welcome: Welcome,
  refused: Refused,
  fact: Fact,
  stderr: StderrLine,
  logUsage: LogUsage,
  notice: Notice,
  /** The answer to a `ping`. */
  pong: Type.Object({ type: Type.Literal('pong') })
} as const

type ReportOf = { [T in keyof typeof reports]: Immutable<Static<(typeof reports)[T]>> }

export type Report = ReportOf[keyof ReportOf]

export type Welcome = ReportOf['welcome']
export type Refused = ReportOf['refused']
export type LogUsage = ReportOf['logUsage']
export type StderrLine = ReportOf['stderr']

/** The sessions that a supervisor runs, or is going to tell the end of. */
export function sessionKeys({ sessions, ending }: Welcome): ReadonlySet<string> {
  return new Set([...sessions.map(({ key }) => key), ...ending])
}
