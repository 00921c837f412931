import type { ReadinessOf } from '../../readiness/kinds.ts'
import { nameOf, runBeside } from '../run-beside.ts'
import type { Circumstances } from './check.ts'
import type { Probe } from './probe.ts'

const usualIntervalMs = 100

/** Does a command exit with code 0? It is part of the session's tree, and killed after `timeoutMs`. */
export function command({ setting, options }: ReadinessOf<'command'>, { mask }: Pick<Circumstances, 'mask'>): Probe {
  const name = nameOf(setting, mask)
  return {
    awaited: `the command ${name} to exit with code 0`,
    // A command costs more than a connection: it is not run more often at first.
    options: { intervalMs: usualIntervalMs, ...options },
    attempt: async (signal, start) => {
      const fault = await runBeside(setting, signal, { ...start, mask })
      return fault && `${name} ${fault}`
    }
  }
}
