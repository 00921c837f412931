import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { Circumstances, ReadinessCheck } from './check.ts'

/** Does a process of the session send `READY=1`? Its socket is read by `AppMessages`, before and after. */
export function notify({ options }: ReadinessOf<'notify'>, { notifySocket }: Circumstances): ReadinessCheck {
  if (!notifySocket) throw new Error('ready.notify has no socket')
  const { watchdogMs } = options ?? {}
  return {
    awaited: 'READY=1 on NOTIFY_SOCKET',
    streams: [],
    gives: {
      env: {
        NOTIFY_SOCKET: notifySocket.path,
        ...(watchdogMs !== undefined && { WATCHDOG_USEC: String(1_000 * watchdogMs) })
      }
    },
    ready: async ({ messages }) => {
      await messages?.ready
      return undefined
    },
    lastSeen: () => {
      const { strangerPid: pid } = notifySocket
      return pid === undefined
        ? undefined
        : `what came from pid ${pid} did not count: it is no process of this session, or had exited by then`
    }
  }
}
