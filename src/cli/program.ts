import packageJson from '../../package.json' with { type: 'json' }
import { commandList } from './command-list.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { GatewayCommand } from './gateway-command.ts'

const rootOptions = new Set(['-h', '--help', '--version'])

/** The command line with all commands; only `called` has its arguments and options, or every command without it. */
export async function defineProgram(called?: string): Promise<GatewayCommand> {
  const program = new GatewayCommand('weft-gateway')
  program
    .usage('[command] [options]')
    .description('Launches, watches and stops app sessions over HTTP and WebSocket.')
    .version(packageJson.version, '--version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .note(`${environmentText}\n\n${exitCodesText()}`)
    .example('weft-gateway serve', 'run the gateway with the weft-gateway.toml of this folder')
  for (const [name, { summary, group, load }] of Object.entries(commandList)) {
    const command = program.command(name).description(capitalised(summary)).summary(summary).helpGroup(`${group}:`)
    if (called === undefined || called === name || called === 'help') (await load()).define(command as GatewayCommand)
  }
  return program
}

/** Without a command the gateway is run. */
export function withCommand(args: readonly string[]): string[] {
  const [first] = args
  if (first === undefined || (first.startsWith('-') && !rootOptions.has(first))) return ['serve', ...args]
  return [...args]
}

const environmentText = `Every command has its own help: weft-gateway launch --help.

Environment:
  WEFT_URL                 where the gateway is: http://host:port or unix:/path; see --url
  WEFT_TOKEN               the token that commands send to it
  WEFT_GATEWAY_CONFIG      the configuration file; weft-gateway.toml in the working folder, if there is one
  WEFT_GATEWAY_HOST, WEFT_GATEWAY_PORT, WEFT_GATEWAY_SOCKET, WEFT_GATEWAY_STATE_DIR, WEFT_GATEWAY_LOG_LEVEL
                           see weft-gateway serve --help
  WEFT_RUNTIME_BIN         runs the apps outside the catalogue as <bin> <appId> <sessionId>
  NO_COLOR                 no colours, also on a terminal`

function exitCodesText(): string {
  const codes = Object.keys(exitCodes).map(Number) as ExitCode[]
  return `Exit codes:\n${codes.map(code => `  ${String(code).padEnd(5)}${exitCodes[code]}`).join('\n')}`
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
