import type { GatewayCommand } from '../gateway-command.ts'

export function define(command: GatewayCommand): void {
  command
    .example(
      'weft-gateway schema > weft-gateway.schema.json',
      'for editors: completion and checks in weft-gateway.toml'
    )
    .note('In an editor with Taplo, begin the file with: #:schema ./weft-gateway.schema.json')
    .action(async () => {
      const { ConfigFile } = await import('../../config/schema.ts')
      const schema = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'weft-gateway.toml', ...ConfigFile }
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`)
    })
}
