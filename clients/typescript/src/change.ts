import type { Answer } from './answer.ts'
import { type CallOptions, checked, sessionPath } from './options.ts'
import type { Session } from './session.ts'
import type { Transport } from './transport.ts'

/** What to change; null removes a label, all labels, or the lifetime. */
export interface SessionPatch {
  readonly labels?: Readonly<Record<string, string | null>> | null
  /** From the first start of the session. */
  readonly lifetimeMs?: number | null
}

export function update(
  transport: Transport,
  id: number,
  { body, options }: { readonly body: SessionPatch; readonly options: CallOptions }
): Answer<Session> {
  return transport.json(
    () => sessionPath(id),
    () => ({ ...checked(options), method: 'PATCH', body })
  )
}

export function renew(transport: Transport, id: number, options: CallOptions): Answer<Session> {
  return transport.json(
    () => `${sessionPath(id)}/renew`,
    () => ({ ...checked(options), method: 'POST' })
  )
}
