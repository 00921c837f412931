import { execFile } from 'node:child_process'

/**
 * Tells systemd, where it asked for it (`Type=notify`), by way of systemd-notify(1). Nothing depends on its success.
 * The unit needs `NotifyAccess=all`, as it is a child that tells.
 */
export function notifySystemd(state: 'ready' | 'stopping', status: string): void {
  if (!process.env.NOTIFY_SOCKET) return
  execFile('systemd-notify', [`--${state}`, `--pid=${process.pid}`, `--status=${status}`], error => {
    if (error) process.stderr.write(`weft-gateway: systemd-notify: ${error.message}\n`)
  })
}
