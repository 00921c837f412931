import type { GatewayCommand } from '../gateway-command.ts'
import { gatewayOptions } from '../gateway-options.ts'

export function define(command: GatewayCommand): void {
  gatewayOptions(command)
    .note('On SIGHUP the tokens and the catalogue are loaded again; SIGTERM and Ctrl-C stop it.')
    .example('weft-gateway serve --config demo.toml --port 8080', 'serve the apps of a file on another port')
    .example('weft-gateway serve --socket ./gateway.sock', 'listen on a Unix socket')
    .action(async () => {
      const [{ serve }, { openSystemd }, { configurationOf }] = await Promise.all([
        import('../../server.ts'),
        import('../notify-systemd.ts'),
        import('../configuration.ts')
      ])
      await serve(() => configurationOf(command), await openSystemd())
    })
}
