import type { preValidationHookHandler } from 'fastify'
import { InvalidRequest } from '../src/gateway/errors.ts'

/**
 * Query parameters that had other names in 0.1.0, which are reserved words in many languages. The old names go on to work,
 * but are not in the contract.
 */
export function takeOldNames(names: Readonly<Record<string, string>>): preValidationHookHandler {
  return async request => {
    const query = request.query as Record<string, unknown>
    for (const [before, now] of Object.entries(names)) {
      if (query[before] === undefined) continue
      if (query[now] !== undefined) {
        throw new InvalidRequest([{ pointer: `/query/${before}`, detail: `is given besides ${now}, its new name` }])
      }
      query[now] = query[before]
      delete query[before]
    }
  }
}
