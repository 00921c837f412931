import type { Answer } from './answer.ts'
import type { components } from './contract.ts'
import { type CallOptions, checked, type WaitOption } from './options.ts'
import type { Session } from './session.ts'
import type { Transport } from './transport.ts'

/** What to launch: an app, with labels and with the environment variables that its entry lets clients set. */
export type LaunchRequest = components['schemas']['LaunchRequest']

export interface KeyOption {
  /** The same key with the same request launches once, however often it is sent, for 24 hours in which a gateway runs. A new one for each call by default. */
  readonly idempotencyKey?: string | undefined
}

export interface LaunchOptions extends CallOptions, WaitOption, KeyOption {}

export function launch(transport: Transport, body: LaunchRequest, options: LaunchOptions): Answer<Session> {
  return transport.json('/sessions', () => {
    const { idempotencyKey = newKey(), waitMs, ...call } = checked(options, ['idempotencyKey', 'waitMs'])
    return { ...call, method: 'POST', query: { waitMs }, body, idempotencyKey, waitMs }
  })
}

/** Random, as from `crypto.randomUUID()`, which pages have only over HTTPS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}
