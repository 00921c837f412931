import { type AppTest, appTest, everyApp } from '../../config/app-patterns.ts'
import type { TokenEntry } from '../../config/schema.ts'
import { type Scope, scopes } from '../../config/scopes.ts'
import { TooManyStreams } from '../errors.ts'

export type Rights = Pick<TokenEntry, 'name' | 'scopes' | 'apps'>

/** The authenticated sender of requests, and what it may do and see. */
export class Principal {
  /** The name of the token; empty if none is required. */
  readonly name: string
  /** Patterns of the apps that it sees; undefined if it sees all. */
  readonly apps: readonly string[] | undefined
  readonly #scopes: ReadonlySet<Scope>
  readonly #sees: AppTest
  readonly #listeners = new Set<() => void>()
  #isRevoked = false
  #streams = 0

  constructor({ name, scopes, apps = [everyApp] }: Rights) {
    this.name = name
    this.apps = apps.includes(everyApp) ? undefined : apps
    this.#scopes = new Set(scopes)
    this.#sees = appTest(apps)
  }

  may(scope: Scope): boolean {
    return this.#scopes.has(scope)
  }

  get scopes(): readonly Scope[] {
    return [...this.#scopes]
  }

  sees(appId: string): boolean {
    return this.#sees(appId)
  }

  /** Counts a stream as open until the returned function is called. 0 means no limit. @throws {TooManyStreams} */
  openStream(max: number): () => void {
    if (max > 0 && this.#streams >= max) throw new TooManyStreams(max)
    this.#streams++
    let isOpen = true
    return () => {
      if (isOpen) this.#streams--
      isOpen = false
    }
  }

  /** Calls `listener` when the principal is revoked, or at once if it is; returns the function that removes the listener. */
  onRevoked(listener: () => void): () => void {
    if (this.#isRevoked) listener()
    else this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  revoke(): void {
    this.#isRevoked = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}

/** The principal of every request if no tokens are configured. */
export function anyone(): Principal {
  return new Principal({ name: '', scopes: [...scopes], apps: [everyApp] })
}

/** The principal of a request without a valid token. */
export const unauthenticated = new Principal({ name: '', scopes: [], apps: [] })
