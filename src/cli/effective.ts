import { stringify } from 'smol-toml'
import { everyApp } from '../config/app-patterns.ts'
import type { Config } from '../config/load.ts'
import type { TokenEntry } from '../config/schema.ts'

/** The configuration in force, as a file that has the same effect. */
export function effectiveConfig(config: Config): string {
  const { server, limits, defaults, launchers, retention, tokens, apps, runtime, weft, stateDir, file, runtimeBin } =
    config
  const origin = file ? `from ${file}` : 'no file: defaults'
  const bin = runtimeBin ? `# WEFT_RUNTIME_BIN = ${runtimeBin}\n` : ''
  const ofApps = { defaults, launchers, ...(runtime && { runtime }), weft }
  const sections = { server: { ...server, stateDir }, limits, ...ofApps, retention }
  return `# ${origin}\n${bin}${stringify({ ...sections, tokens: tokens.map(whole), apps })}\n`
}

function whole(token: TokenEntry): TokenEntry {
  return { ...token, apps: token.apps ?? [everyApp] }
}
