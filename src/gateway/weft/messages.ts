import { type Static, type TObject, Type } from '@sinclair/typebox'
import type { SessionState } from '../../session/session.ts'

/**
 * The messages of weft-appd's protocol. The order of the members is that on the wire: with JSON after `type`, with
 * MessagePack as an array.
 */

const SessionId = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const U32 = Type.Integer({ minimum: 0, maximum: 4_294_967_295 })
/** A client can send any; nothing uses it. */
const U64 = Type.Integer({ minimum: 0, maximum: 2 ** 64 })
const F64 = Type.Number()

const Gesture = { gesture_type: U32, fingers: U32, dx: F64, dy: F64 }

export const requests = {
  LAUNCH_APP: Type.Object({ app_id: Type.String(), surface_id: U64 }),
  TERMINATE_APP: Type.Object({ session_id: SessionId }),
  QUERY_RUNNING: Type.Object({}),
  QUERY_APP_STATE: Type.Object({ session_id: SessionId }),
  QUERY_INSTALLED_APPS: Type.Object({}),
  IPC_FORWARD: Type.Object({ session_id: SessionId, payload: Type.String() }),
  PANEL_GESTURE: Type.Object(Gesture)
} as const

const SessionInfo = Type.Object({ session_id: SessionId, app_id: Type.String() })
const AppInfo = Type.Object({ app_id: Type.String(), name: Type.String(), version: Type.String() })

const appStates = ['starting', 'running', 'stopping', 'stopped', 'not_found'] as const

export type AppState = (typeof appStates)[number]

/** Replies and broadcasts. */
export const replies = {
  LAUNCH_ACK: SessionInfo,
  APP_READY: SessionInfo,
  APP_STATE: Type.Object({
    session_id: SessionId,
    state: Type.Unsafe<AppState>(Type.Union(appStates.map(state => Type.Literal(state))))
  }),
  RUNNING_APPS: Type.Object({ sessions: Type.Array(SessionInfo) }),
  INSTALLED_APPS: Type.Object({ apps: Type.Array(AppInfo) }),
  IPC_MESSAGE: Type.Object({ session_id: SessionId, payload: Type.String() }),
  NAVIGATION_GESTURE: Type.Object(Gesture),
  ERROR: Type.Object({ code: U32, message: Type.String() })
} as const

type Tagged<S extends Readonly<Record<string, TObject>>> = {
  [K in keyof S]: { readonly type: K } & Readonly<Static<S[K]>>
}[keyof S]

export type Request = Tagged<typeof requests>
export type Reply = Tagged<typeof replies>

/** The codes of `ERROR`. */
export const errorCodes = { unknownSession: 1, refused: 2 } as const

/** How clients of weft-appd see the states of a session. */
export const appStateOf = {
  queued: 'starting',
  starting: 'starting',
  running: 'running',
  restarting: 'starting',
  stopping: 'stopping',
  stopped: 'stopped'
} as const satisfies Record<SessionState, AppState>
