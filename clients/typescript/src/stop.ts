import type { Answer } from './answer.ts'
import { type CallOptions, checked, sessionPath, type WaitOption } from './options.ts'
import type { Session } from './session.ts'
import type { Transport } from './transport.ts'

export interface StopOptions extends CallOptions, WaitOption {
  /** SIGKILL at once, without grace. */
  readonly force?: boolean | undefined
}

export function stop(transport: Transport, id: number, options: StopOptions): Answer<Session> {
  return transport.json(
    () => sessionPath(id),
    () => {
      const { force, waitMs, ...call } = checked(options, ['force', 'waitMs'])
      return { ...call, method: 'DELETE', query: { force, waitMs }, waitMs }
    }
  )
}
