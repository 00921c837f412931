import { resolve } from 'node:path'
import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { Circumstances } from './check.ts'
import type { Probe } from './probe.ts'
import { connects } from './tcp.ts'

/** Are connections accepted at a Unix socket? */
export function socket({ setting, options }: ReadinessOf<'socket'>, { cwd }: Circumstances): Probe {
  const path = resolve(cwd, setting)
  return {
    awaited: `a connection to the socket ${path}`,
    options,
    attempt: async signal => {
      const fault = await connects({ path }, signal)
      return fault && `${path} ${fault}`
    }
  }
}
