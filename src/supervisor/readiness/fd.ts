import { newline } from '../../output-lines.ts'
import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { ReadyInfo } from '../../session/session.ts'
import type { ReadinessCheck } from './check.ts'

/** Does the app write a newline on a descriptor that it was given? What it writes besides is read and ignored. */
export function fd({ setting }: ReadinessOf<'fd'>): ReadinessCheck {
  let isClosed = false
  return {
    awaited: `a newline on descriptor ${setting}`,
    streams: [],
    gives: { fd: setting },
    ready({ tree: { extra } }) {
      const { promise, resolve } = Promise.withResolvers<ReadyInfo | undefined>()
      extra?.on('data', (chunk: Buffer) => chunk.includes(newline) && resolve(undefined))
      extra?.on('end', () => {
        isClosed = true
      })
      extra?.on('error', () => {})
      return promise
    },
    lastSeen: () => (isClosed ? `it closed descriptor ${setting} without a newline` : undefined)
  }
}
