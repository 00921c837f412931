import { type Config, loadConfig } from '../config/load.ts'
import type { GatewayCommand } from './gateway-command.ts'

interface GatewayOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: string
  readonly socket?: string
  readonly stateDir?: string
  readonly logLevel?: string
}

/** Loads the configuration with the options of a command to which `gatewayOptions` were added. */
export function configurationOf(command: GatewayCommand): Config {
  const { stateDir, logLevel, ...flags } = command.opts<GatewayOptions>()
  return loadConfig({ flags: { ...flags, 'state-dir': stateDir, 'log-level': logLevel } })
}
