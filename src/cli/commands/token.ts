import type { GatewayCommand } from '../gateway-command.ts'

interface NewTokenOptions {
  readonly name?: string
  readonly scope?: readonly string[]
  readonly app?: readonly string[]
}

export function define(command: GatewayCommand): void {
  const creation = command.command('new') as GatewayCommand
  creation
    .description('Make a token, and the entry of the configuration file that accepts it.')
    .summary('make a token, and the entry of the configuration file that accepts it')
    .option('--name <name>', 'who holds it')
    .option('--scope <scope...>', 'what it may do: read, launch, stop')
    .option('--app <pattern...>', 'the apps that it sees; all by default')
    .example('weft-gateway token new --name ci --scope read launch stop', 'a token that may do everything')
    .example("weft-gateway token new --name web --scope read --app 'demo.*'", 'a token that sees only some apps')
    .action(async ({ name, scope, app }: NewTokenOptions) => {
      const { newTokenText } = await import('../token.ts')
      process.stdout.write(newTokenText({ name, scopes: scope, apps: app }))
    })
}
