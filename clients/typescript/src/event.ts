import type { EventType } from './names.ts'
import type { Session } from './session.ts'

/** A change of a session. */
export interface Event {
  /** The cursor of this event, `<epoch>.<seq>`: `since` of a later {@link GatewayClient.events}. */
  readonly id: string
  /** One more than that of the event before in the log of the gateway. */
  readonly seq: number
  readonly type: EventType
  /** When it happened (RFC 3339). */
  readonly time: string
  /** The whole session as it was after the change. Events of later gateways can be about something else. */
  readonly session?: Session
}

/** A page of past events, oldest first. */
export interface EventPage {
  readonly items: Event[]
  /** The `since` of the next page. */
  readonly cursor: string
}

/** A message of the stream of events, with the cursor to resume from after it. */
export type Message =
  | { readonly type: 'Hello'; readonly cursor: string; readonly seq: number; readonly heartbeatMs: number }
  | { readonly type: 'Snapshot'; readonly cursor: string; readonly sessions: readonly Session[] }
  | { readonly type: 'Gap' }
  | { readonly type: 'Heartbeat'; readonly cursor: string }
  | { readonly type: 'Closed' }
  | { readonly type: 'Event'; readonly event: Event }

const controlTypes = ['Hello', 'Snapshot', 'Gap', 'Heartbeat', 'Closed']

/** Undefined for a message that only later clients know. */
export function toMessage(value: unknown): Message | undefined {
  const message = value as Message | Event
  if (controlTypes.includes(message.type)) return message as Message
  return 'id' in message ? { type: 'Event', event: message } : undefined
}
