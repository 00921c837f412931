import type { TokenEntry } from '../src/config/schema.ts'
import type { Scope } from '../src/config/scopes.ts'
import { hashToken, newToken } from '../src/gateway/access/token.ts'

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
