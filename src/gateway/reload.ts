import { InvalidConfig } from '../config/faults.ts'
import type { Config } from '../config/load.ts'
import { settingsForRestart } from '../config/restart.ts'
import { exposureFaults } from '../config/validate.ts'
import type { Access } from './access/access.ts'
import type { Catalogue } from './launch/catalogue.ts'
import type { Log } from './log.ts'

export interface Reloadable {
  /** The configuration of the start. */
  readonly config: Config
  readonly catalogue: Catalogue
  readonly access: Access
  readonly log: Log
}

/** Takes the tokens and the catalogue of another configuration. A bad one is logged, and changes nothing. */
export function reload({ config, catalogue, access, log }: Reloadable, load: () => Config): void {
  try {
    const next = load()
    // The address is that of the start, whatever the file says now.
    const faults = exposureFaults(config.server, next.tokens)
    if (faults.length > 0) throw new InvalidConfig(next.file, faults)
    catalogue.reload(next)
    access.reload(next.tokens)
    log.info({ apps: Object.keys(next.apps).length, tokens: next.tokens.length }, 'configuration reloaded')
    const settings = settingsForRestart(config, next)
    if (settings.length > 0) log.warn({ settings }, 'these settings count after a restart')
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    log.error({ faults: error.faults }, `configuration not reloaded: ${error.message}`)
  }
}
