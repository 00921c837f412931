import { createHash } from 'node:crypto'
import { IdempotencyInFlight, IdempotencyMismatch, StorageUnavailable } from '../errors.ts'
import type { IdempotencyKey, IdempotencyKeys } from '../store/idempotency-keys.ts'

/** How long a key is kept, in milliseconds in which a gateway runs. */
export const keyLifetimeMs = 86_400_000

/** A stored answer to a launch. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One attempt at a launch with a key. Until it is settled, other attempts are refused. */
export interface Attempt {
  readonly key: IdempotencyKey
  /** The stored answer, if there is one; then there is nothing to settle. */
  readonly answer?: Answer
  /** The session of an earlier attempt, if no answer was stored. */
  readonly sessionId?: number
  /** Ends the attempt and stores the answer, if there is one. */
  settle(answer?: Answer): Promise<void>
}

/** Makes launches with the same key one launch. */
export class Idempotency {
  readonly #keys: IdempotencyKeys
  /** Fingerprints of the launches that are being answered. */
  readonly #inFlight = new Map<string, string>()

  constructor(keys: IdempotencyKeys) {
    this.#keys = keys
  }

  /** @throws {IdempotencyMismatch | IdempotencyInFlight | StorageUnavailable} */
  attempt(key: IdempotencyKey): Attempt {
    const name = JSON.stringify([key.sender, key.key])
    const known = this.#keys.find(key, this.#keys.now - keyLifetimeMs)
    const fingerprint = this.#inFlight.get(name) ?? known?.fingerprint ?? key.fingerprint
    if (fingerprint !== key.fingerprint) throw new IdempotencyMismatch(key.key)
    if (known?.answer !== undefined) return { key, answer: JSON.parse(known.answer), async settle() {} }
    if (this.#inFlight.has(name)) throw new IdempotencyInFlight(key.key)
    this.#inFlight.set(name, fingerprint)
    let isSettled = false
    return {
      key,
      ...(known && { sessionId: known.sessionId }),
      settle: async answer => {
        if (isSettled) return
        isSettled = true
        this.#inFlight.delete(name)
        if (answer) await this.#keep(key, answer)
      }
    }
  }

  async #keep(key: IdempotencyKey, answer: Answer): Promise<void> {
    try {
      await this.#keys.answer(key, JSON.stringify(answer))
    } catch (error) {
      // The key is bound to the session already: a retry will be answered with the session.
      if (!(error instanceof StorageUnavailable)) throw error
    }
  }
}

/**
 * A hash that is equal for equal JSON values, whatever the order of their members. A member that is an empty object is as
 * one that is absent: some SDKs send empty maps for those that are not given.
 */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortMembers)).digest('base64url')
}

function sortMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries(value).filter(([, member]) => !isEmptyObject(member))
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}
