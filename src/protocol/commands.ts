import { type Static, Type } from '@sinclair/typebox'
import { ProcessIdentity } from './fact.ts'
import type { Immutable } from './immutable.ts'
import { Launch, Lifetime } from './launch.ts'
import { SessionKey } from './session-key.ts'
import { VersionRange } from './version.ts'

/** Why a session is to be stopped, and by whom; both become part of the session. */
export const StopRequest = Type.Object({
  reason: Type.Union(
    (['terminated', 'gatewayStopped', 'lifetime', 'leaseExpired'] as const).map(it => Type.Literal(it))
  ),
  initiator: Type.Union([Type.Literal('app'), Type.Literal('client'), Type.Literal('gateway')])
})

export type StopRequest = Immutable<Static<typeof StopRequest>>

/** The request as supervisors of before {@link appsVersion} know it. */
export function stopForEarlier(order: StopOrder): StopOrder {
  const { reason, initiator } = order.request
  return reason === 'terminated' || reason === 'gatewayStopped'
    ? order
    : { ...order, request: { reason: 'terminated', initiator } }
}

/** How a session is to be stopped; `force` skips the grace period. */
const stopOrder = { request: StopRequest, force: Type.Boolean() }

const StopOrder = Type.Object(stopOrder)

export type StopOrder = Immutable<Static<typeof StopOrder>>

/** A tree whose supervisor was lost: what identifies its processes. */
export const LostTree = Type.Object({ key: SessionKey, leader: Type.Optional(ProcessIdentity) })

export type LostTree = Immutable<Static<typeof LostTree>>

/** Why trees are reclaimed; becomes part of their sessions. */
const reclaimReason = {
  reason: Type.Union([Type.Literal('supervisorLost'), Type.Literal('spawnFailed')]),
  message: Type.String()
}

const ReclaimReason = Type.Object(reclaimReason)

export type ReclaimReason = Immutable<Static<typeof ReclaimReason>>

/** The first message on a connection; no other command is accepted before it. */
const Hello = Type.Object({
  type: Type.Literal('hello'),
  versions: VersionRange,
  /** For supervisors of protocol version 1, which quote it in their refusal. */
  version: Type.Integer(),
  /** The content of the state folder's secret file. */
  secret: Type.String(),
  /** Of the gateway's event log. */
  epoch: Type.String(),
  /** The supervisor instance whose facts are recorded; `acknowledged` is the last of them. */
  instance: Type.Optional(Type.String()),
  acknowledged: Type.Integer({ minimum: 0 })
})

/** The messages of a gateway, by type. */
export const commands = {
  hello: Hello,
  launch: Type.Object({ type: Type.Literal('launch'), launch: Launch }),
  stop: Type.Object({ type: Type.Literal('stop'), key: SessionKey, ...stopOrder }),
  /** The session lives this long from its start, or without an end. Earlier supervisors do not know it. */
  lifetime: Type.Object({ type: Type.Literal('lifetime'), key: SessionKey, lifetimeMs: Type.Optional(Lifetime) }),
  reclaim: Type.Object({ type: Type.Literal('reclaim'), trees: Type.Array(LostTree), ...reclaimReason }),
  acknowledge: Type.Object({ type: Type.Literal('acknowledge'), seq: Type.Integer({ minimum: 0 }) }),
  /** Asks for `flushed` with the same `request` once what the session has written so far is in its log. */
  flush: Type.Object({ type: Type.Literal('flush'), key: SessionKey, request: Type.Integer({ minimum: 1 }) }),
  /** Asks for `measured` with the same `request`: what the processes of the session use now. Earlier supervisors do not know it. */
  measure: Type.Object({ type: Type.Literal('measure'), key: SessionKey, request: Type.Integer({ minimum: 1 }) }),
  ping: Type.Object({ type: Type.Literal('ping') }),
  /** The supervisor exits once no session runs. */
  shutdown: Type.Object({ type: Type.Literal('shutdown') })
} as const

type CommandOf = { [T in keyof typeof commands]: Immutable<Static<(typeof commands)[T]>> }

export type Command = CommandOf[keyof CommandOf]

export type Flush = CommandOf['flush']
export type Hello = CommandOf['hello']
export type LifetimeOrder = CommandOf['lifetime']
export type Measure = CommandOf['measure']
export type Reclaim = CommandOf['reclaim']
