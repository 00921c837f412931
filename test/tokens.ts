import type { Scope } from '../src/access/scopes.ts'
import { hashToken, newToken } from '../src/access/token.ts'
import type { TokenEntry } from '../src/config/schema.ts'

/** A token, what the configuration has of it, and the headers of a client that has it. */
export interface Holder {
  readonly token: string
  readonly entry: TokenEntry
  readonly headers: { readonly authorization: string }
}

export function holder(name: string, scopes: Scope[] = ['read', 'launch', 'stop'], apps: string[] = ['*']): Holder {
  const token = newToken()
  return { token, entry: { name, hash: hashToken(token), scopes, apps }, headers: bearer(token) }
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}
