import { type Static, Type } from '@sinclair/typebox'
import { ProcessIdentity } from './fact.ts'
import type { Immutable } from './immutable.ts'
import { Launch } from './launch.ts'
import { SessionKey } from './session-key.ts'
import { VersionRange } from './version.ts'

/** Who wants a session stopped, and what the session will say about it. */
export const StopRequest = Type.Object({
  reason: Type.Union([Type.Literal('terminated'), Type.Literal('gatewayStopped')]),
  initiator: Type.Union([Type.Literal('app'), Type.Literal('client'), Type.Literal('gateway')])
})

export type StopRequest = Immutable<Static<typeof StopRequest>>

/** How a session is to be stopped; `force` leaves out the grace. */
const stopOrder = { request: StopRequest, force: Type.Boolean() }

const StopOrder = Type.Object(stopOrder)

export type StopOrder = Immutable<Static<typeof StopOrder>>

/** A tree whose supervisor is gone: what tells its processes apart from everybody else's. */
export const LostTree = Type.Object({ key: SessionKey, leader: Type.Optional(ProcessIdentity) })

export type LostTree = Immutable<Static<typeof LostTree>>

/** Why trees are reclaimed, as their sessions will say. */
const reclaimReason = {
  reason: Type.Union([Type.Literal('supervisorLost'), Type.Literal('spawnFailed')]),
  message: Type.String()
}

const ReclaimReason = Type.Object(reclaimReason)

export type ReclaimReason = Immutable<Static<typeof ReclaimReason>>

/** Comes first on a connection; nothing else is obeyed before it. */
const Hello = Type.Object({
  type: Type.Literal('hello'),
  versions: VersionRange,
  /** For supervisors of version 1, which say it in their refusal. */
  version: Type.Integer(),
  /** The content of the state folder's secret file. */
  secret: Type.String(),
  /** Of the gateway's event log. */
  epoch: Type.String(),
  /** The supervisor whose facts are recorded, and up to which. */
  instance: Type.Optional(Type.String()),
  acknowledged: Type.Integer({ minimum: 0 })
})

/** What a gateway says, by type. */
export const commands = {
  hello: Hello,
  launch: Type.Object({ type: Type.Literal('launch'), launch: Launch }),
  stop: Type.Object({ type: Type.Literal('stop'), key: SessionKey, ...stopOrder }),
  reclaim: Type.Object({ type: Type.Literal('reclaim'), trees: Type.Array(LostTree), ...reclaimReason }),
  acknowledge: Type.Object({ type: Type.Literal('acknowledge'), seq: Type.Integer({ minimum: 0 }) }),
  ping: Type.Object({ type: Type.Literal('ping') }),
  /** The supervisor exits once nothing runs any more. */
  shutdown: Type.Object({ type: Type.Literal('shutdown') })
} as const

type CommandOf = { [T in keyof typeof commands]: Immutable<Static<(typeof commands)[T]>> }

export type Command = CommandOf[keyof CommandOf]

export type Hello = CommandOf['hello']
export type Reclaim = CommandOf['reclaim']
