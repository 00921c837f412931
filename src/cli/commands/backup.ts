import { join } from 'node:path'
import type { GatewayCommand } from '../gateway-command.ts'
import { gatewayOptions } from '../gateway-options.ts'

export function define(command: GatewayCommand): void {
  gatewayOptions(command)
    .argument('<file>', 'the copy, which must not exist yet')
    .example('weft-gateway backup /backups/gateway.db', 'copy the database while the gateway runs')
    .action(async (file: string) => {
      const [{ configurationOf }, { backUp }] = await Promise.all([
        import('../configuration.ts'),
        import('../../gateway/store/backup.ts')
      ])
      await backUp(join(configurationOf(command).stateDir, 'gateway.db'), file)
      process.stdout.write(`${file}\n`)
    })
}
