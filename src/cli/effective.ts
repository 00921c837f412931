import { stringify } from 'smol-toml'
import { everyApp } from '../config/app-patterns.ts'
import type { Config } from '../config/load.ts'
import type { TokenEntry } from '../config/schema.ts'

/** The configuration in force, as a file that has the same effect. */
export function effectiveConfig(config: Config): string {
  const { server, limits, defaults, retention, tokens, apps, stateDir, file, runtimeBin } = config
  const origin = file ? `from ${file}` : 'no file: defaults'
  const runtime = runtimeBin ? `# WEFT_RUNTIME_BIN = ${runtimeBin}\n` : ''
  return `# ${origin}\n${runtime}${stringify({ server: { ...server, stateDir }, limits, defaults, retention, tokens: tokens.map(whole), apps })}\n`
}

function whole(token: TokenEntry): TokenEntry {
  return { ...token, apps: token.apps ?? [everyApp] }
}
