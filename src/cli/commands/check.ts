import type { GatewayCommand } from '../gateway-command.ts'
import { gatewayOptions } from '../gateway-options.ts'

export function define(command: GatewayCommand): void {
  gatewayOptions(command)
    .example('weft-gateway check', 'check the weft-gateway.toml of this folder')
    .example(
      'weft-gateway check --config next.toml > effective.toml',
      'keep the configuration in force, defaults included'
    )
    .action(async () => {
      const [{ configurationOf }, { effectiveConfig }, { warningsOf }, { faultLine }] = await Promise.all([
        import('../configuration.ts'),
        import('../effective.ts'),
        import('../warnings.ts'),
        import('../../config/faults.ts')
      ])
      const config = configurationOf(command)
      process.stdout.write(effectiveConfig(config))
      const warnings = warningsOf(config)
      if (warnings.length > 0) process.stderr.write(`weft-gateway: warnings:\n${warnings.map(faultLine).join('\n')}\n`)
    })
}
