import type { components } from './contract.ts'
import type { SessionState, StopReason } from './names.ts'

type Schemas = components['schemas']

/** How a session ended. */
export interface Stop extends Omit<Schemas['Stop'], 'reason' | 'survivors'> {
  readonly reason: StopReason
  readonly survivors: number
}

/** One run of one app, as it was when the gateway sent it. */
export interface Session extends Omit<Schemas['Session'], 'state' | 'stop'> {
  readonly state: SessionState
  /** Of a stopped session. */
  readonly stop?: Stop
}

/** A session of which no process is left. */
export interface StoppedSession extends Session {
  readonly state: 'stopped'
  readonly stop: Stop
  readonly stoppedAt: string
}

/** One page of a list of sessions. */
export interface SessionPage {
  readonly items: Session[]
  /** The `cursor` of the next page; absent on the last one. */
  readonly nextCursor?: string
  /** Where to begin {@link GatewayClient.events}, so that every change after this page is seen. */
  readonly eventCursor: string
}

export function isStopped(session: Session): session is StoppedSession {
  return session.state === 'stopped'
}

/** Is the app ready, or was it before it ended, or is it a job that has ended? */
export function wasReady({ state, readyAt, stop }: Session): boolean {
  return state === 'running' || (state === 'stopped' && (readyAt !== undefined || stop?.reason === 'completed'))
}
