import { pino } from 'pino'
import { DurableSessions } from '../../../src/gateway/registry/durable-sessions.ts'
import { Registry, type StopPort } from '../../../src/gateway/registry/registry.ts'
import type { Store } from '../../../src/gateway/store/store.ts'

/** Both sides of what a gateway knows of sessions, and the lines that they log. */
export function registryOn(store: Store, stop: StopPort = () => {}) {
  const lines: { readonly msg: string; readonly err?: { readonly message: string } }[] = []
  const log = pino({}, { write: line => void lines.push(JSON.parse(line)) })
  const sessions = new DurableSessions({ store, log })
  return { sessions, registry: new Registry({ store, sessions, stop }), lines }
}
