import { type ConfigFault, InvalidConfig } from '../config/faults.ts'
import type { Config } from '../config/load.ts'
import { settingsForRestart } from '../config/restart.ts'
import { exposureFaults } from '../config/validate.ts'
import type { Access } from './access/access.ts'
import type { Catalogue } from './launch/catalogue.ts'
import type { Log } from './log.ts'

export interface ReloaderParts {
  /** The configuration with which the gateway started. */
  readonly config: Config
  readonly catalogue: Catalogue
  readonly access: Access
  readonly log: Log
}

/** Applies the tokens and the catalogue of a new configuration. One with faults is logged and changes nothing. */
export class Reloader {
  readonly #parts: ReloaderParts
  /** The configuration whose tokens and catalogue are in force. */
  #inForce: Config

  constructor(parts: ReloaderParts) {
    this.#parts = parts
    this.#inForce = parts.config
  }

  reload(load: () => Config): void {
    const { config, log } = this.#parts
    try {
      const next = load()
      const faults = [...truncationFaults(this.#inForce, next), ...this.#accessFaults(next)]
      if (faults.length > 0) throw new InvalidConfig(config.file, faults)
      this.#apply(next)
    } catch (error) {
      if (!(error instanceof InvalidConfig)) throw error
      log.error({ faults: error.faults }, `configuration not reloaded: ${error.message}`)
    }
  }

  #apply(next: Config): void {
    const { config, catalogue, access, log } = this.#parts
    catalogue.reload(next)
    access.reload(next.tokens)
    const removed = removals(this.#inForce, next)
    this.#inForce = next
    const counts = { apps: Object.keys(next.apps).length, tokens: next.tokens.length }
    log.info({ ...counts, ...removed }, 'configuration reloaded')
    const settings = settingsForRestart(config, next)
    if (settings.length > 0) log.warn({ settings }, 'these settings need a restart')
  }

  /** Nobody gets more rights because something is missing in the file. */
  #accessFaults(next: Config): ConfigFault[] {
    const { config, access } = this.#parts
    // The gateway still listens on its first address, even if the file has another one now.
    const exposed = exposureFaults(config.server, next.tokens)
    if (exposed.length > 0 || !access.requiresTokens) return exposed
    if (next.tokens.length > 0) return wideningFaults(this.#inForce, next)
    const detail = 'there are none; a gateway that was started with tokens keeps them until it is restarted'
    return [{ path: 'tokens', detail }]
  }
}

/** A file with which a gateway could start, but whose end is probably missing: the disk was full, or it is being written. */
function truncationFaults(inForce: Config, next: Config): ConfigFault[] {
  if (inForce.file !== undefined && next.file === undefined) return [{ path: '', detail: 'there is no such file' }]
  if (inForce.text.endsWith('\n') && !next.text.endsWith('\n')) {
    return [{ path: '', detail: 'its last line has no newline: it seems to be truncated, or still being written' }]
  }
  if (next.text.length === inForce.text.length || !inForce.text.startsWith(next.text)) return []
  const remedy = 'if the rest was removed on purpose, add a comment at the end and reload again'
  return [{ path: '', detail: `it is the beginning of the file in force, as if it had been cut off; ${remedy}` }]
}

/** Without `apps` a token sees all apps, and a file that was cut off may lack that line. */
function wideningFaults(inForce: Config, next: Config): ConfigFault[] {
  const unlimited = new Set(inForce.tokens.filter(({ apps }) => !apps).map(({ hash }) => hash.toLowerCase()))
  const detail = 'is missing; in a reload a token must have it, unless it had none before ("*" means all apps)'
  return next.tokens.flatMap(({ apps, hash }, index) =>
    apps || unlimited.has(hash.toLowerCase()) ? [] : [{ path: `tokens.${index}.apps`, detail }]
  )
}

/** The names of the apps and tokens that a reload takes away; no member for nothing. */
function removals(before: Config, after: Config): { removedApps?: string[]; removedTokens?: string[] } {
  const apps = Object.keys(before.apps).filter(id => !Object.hasOwn(after.apps, id))
  const names = new Set(after.tokens.map(({ name }) => name))
  const tokens = before.tokens.map(({ name }) => name).filter(name => !names.has(name))
  return { ...(apps.length > 0 && { removedApps: apps }), ...(tokens.length > 0 && { removedTokens: tokens }) }
}
