import type { ReadinessKind } from './kind.ts'

/** The protocol of sd_notify(3): the app sends `READY=1` to the socket that is the value of `NOTIFY_SOCKET`. */
export const notify: ReadinessKind<true> = {
  schema: { const: true, description: 'the app sends READY=1 to NOTIFY_SOCKET, as under systemd' },
  faults: () => [],
  fill: setting => setting
}
