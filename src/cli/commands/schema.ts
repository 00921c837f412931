import type { GatewayCommand } from '../gateway-command.ts'

export function define(command: GatewayCommand): void {
  command
    .example(
      'weft-gateway schema > weft-gateway.schema.json',
      'for editors: completion and checks in weft-gateway.toml'
    )
    .note('In an editor with Taplo, begin the file with: #:schema ./weft-gateway.schema.json')
    .note('The package has it as dist/weft-gateway.schema.json.')
    .action(async () => {
      const { fileSchema } = await import('../../config/file-schema.ts')
      process.stdout.write(`${JSON.stringify(fileSchema(), null, 2)}\n`)
    })
}
