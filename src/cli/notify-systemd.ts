import { execFile } from 'node:child_process'
import type { Notify } from '../server/shutdown.ts'
import { openDatagrams, type SendDatagram } from './datagrams.ts'

/**
 * Tells systemd, where it asked for it (`Type=notify`, `WatchdogSec`), when the gateway serves and ends, and from then on
 * that its event loop turns. See sd_notify(3). Nothing depends on the success of it.
 */
export async function openSystemd(env: NodeJS.ProcessEnv = process.env): Promise<Notify> {
  const { NOTIFY_SOCKET: path } = env
  if (!path) return () => {}
  const watchdogMs = watchdogMsOf(env)
  const datagrams = await openDatagrams(path)
  const send = datagrams ?? runSystemdNotify
  return (state, status) => {
    const assignments = [state === 'ready' ? 'READY=1' : 'STOPPING=1', `STATUS=${status}`]
    if (state === 'ready' && watchdogMs > 0) {
      if (datagrams) setInterval(datagrams, watchdogMs / 2, 'WATCHDOG=1').unref()
      else assignments.push(withoutWatchdog())
    }
    send(assignments.join('\n'))
  }
}

/** 0 where no heartbeat is asked for, or that of another process. */
function watchdogMsOf({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number {
  if (WATCHDOG_PID && Number(WATCHDOG_PID) !== process.pid) return 0
  return Number(WATCHDOG_USEC ?? 0) / 1_000 || 0
}

/** A process for each heartbeat would cost more than it tells. */
function withoutWatchdog(): string {
  process.stderr.write('weft-gateway: FFI does not work here, so there is no heartbeat: WatchdogSec is switched off\n')
  return 'WATCHDOG_USEC=0'
}

const runSystemdNotify: SendDatagram = text => {
  execFile('systemd-notify', [`--pid=${process.pid}`, ...text.split('\n')], error => {
    if (error) process.stderr.write(`weft-gateway: systemd-notify: ${error.message}\n`)
  })
}
