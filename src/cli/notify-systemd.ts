import { execFile } from 'node:child_process'
import type { Notify } from '../server/shutdown.ts'
import { openDatagrams, type SendDatagram } from './datagrams.ts'

/**
 * If systemd asks for it (`Type=notify`, `WatchdogSec`), notifies it when the gateway is ready and when it stops, and sends
 * heartbeats from the event loop. See sd_notify(3). Failures are ignored.
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

/** 0 if no heartbeat is asked for, or only from another process. */
function watchdogMsOf({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number {
  if (WATCHDOG_PID && Number(WATCHDOG_PID) !== process.pid) return 0
  return Number(WATCHDOG_USEC ?? 0) / 1_000 || 0
}

/** Without FFI each heartbeat would need a process, so the watchdog is switched off. */
function withoutWatchdog(): string {
  process.stderr.write('weft-gateway: FFI does not work here, so there is no heartbeat: WatchdogSec is switched off\n')
  return 'WATCHDOG_USEC=0'
}

const runSystemdNotify: SendDatagram = text => {
  execFile('systemd-notify', [`--pid=${process.pid}`, ...text.split('\n')], error => {
    if (error) process.stderr.write(`weft-gateway: systemd-notify: ${error.message}\n`)
  })
}
