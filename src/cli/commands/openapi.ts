import { Option } from 'commander'
import type { GatewayCommand } from '../gateway-command.ts'

interface OpenapiOptions {
  readonly json?: true
  readonly asyncapi?: true
}

export function define(command: GatewayCommand): void {
  command
    .addOption(new Option('--json', 'as JSON instead of YAML').conflicts('asyncapi'))
    .option('--asyncapi', 'the AsyncAPI document of the event streams instead')
    .example('weft-gateway openapi > openapi.yaml', 'the contract of this version, for a generator')
    .action(async ({ json, asyncapi }: OpenapiOptions) => {
      const { contractDocument } = await import('../../http/contract-document.ts')
      process.stdout.write(await contractDocument(asyncapi ? 'asyncapi.yaml' : json ? 'openapi.json' : 'openapi.yaml'))
    })
}
