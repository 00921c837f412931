import type { ConfigFault } from './faults.ts'
import type { ConfigFile, TokenEntry } from './schema.ts'

/** Faults of `[weft]` that a schema can't express. */
export function weftFaults({ token }: ConfigFile['weft'], tokens: readonly TokenEntry[]): ConfigFault[] {
  if (token === undefined || tokens.some(({ name }) => name === token)) return []
  return [{ path: 'weft.token', detail: `there is no token '${token}'` }]
}

/** Clients of WEFT OS have no token of their own. */
export function weftWarnings({ weft, tokens }: Pick<ConfigFile, 'weft' | 'tokens'>): ConfigFault[] {
  if (!weft.enabled || weft.token !== undefined || tokens.length === 0) return []
  const detail = 'is missing: where there are [[tokens]], clients of WEFT OS are refused without it'
  return [{ path: 'weft.token', detail }]
}
