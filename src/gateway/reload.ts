import { type ConfigFault, InvalidConfig } from '../config/faults.ts'
import type { Config } from '../config/load.ts'
import { settingsForRestart } from '../config/restart.ts'
import { exposureFaults } from '../config/validate.ts'
import type { Access } from './access/access.ts'
import type { Catalogue } from './launch/catalogue.ts'
import type { Log } from './log.ts'

export interface Reloadable {
  /** The configuration with which the gateway started. */
  readonly config: Config
  readonly catalogue: Catalogue
  readonly access: Access
  readonly log: Log
}

/** Applies the tokens and the catalogue of a new configuration. One with faults is logged and changes nothing. */
export function reload({ config, catalogue, access, log }: Reloadable, load: () => Config): void {
  try {
    const next = load()
    const faults = reloadFaults({ config, access }, next)
    if (faults.length > 0) throw new InvalidConfig(config.file, faults)
    catalogue.reload(next)
    access.reload(next.tokens)
    log.info({ apps: Object.keys(next.apps).length, tokens: next.tokens.length }, 'configuration reloaded')
    const settings = settingsForRestart(config, next)
    if (settings.length > 0) log.warn({ settings }, 'these settings need a restart')
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    log.error({ faults: error.faults }, `configuration not reloaded: ${error.message}`)
  }
}

/** Faults of a configuration with which a gateway could start, but which is probably a mistake in a reload. */
function reloadFaults({ config, access }: Pick<Reloadable, 'config' | 'access'>, next: Config): ConfigFault[] {
  if (config.file !== undefined && next.file === undefined) return [{ path: '', detail: 'there is no such file' }]
  if (config.isLastLineEnded && !next.isLastLineEnded) {
    return [{ path: '', detail: 'its last line has no newline: it seems to be truncated, or still being written' }]
  }
  // The gateway still listens on its first address, even if the file has another one now.
  const exposed = exposureFaults(config.server, next.tokens)
  if (exposed.length > 0 || !access.requiresTokens || next.tokens.length > 0) return exposed
  return [
    {
      path: 'tokens',
      detail: 'there are none; a gateway that was started with tokens keeps them until it is restarted'
    }
  ]
}
