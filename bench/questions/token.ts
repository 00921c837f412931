import { hashToken, newToken } from '../../src/gateway/access/token.ts'

/** A token that may do everything, and its entry in the configuration. */
export function newTestToken() {
  const token = newToken()
  return { token, entry: { name: 'bench', hash: hashToken(token), scopes: ['read', 'launch', 'stop'] } }
}
