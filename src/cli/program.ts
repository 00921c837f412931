import packageJson from '../../package.json' with { type: 'json' }
import { commandList } from './command-list.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { GatewayCommand } from './gateway-command.ts'

const rootOptions = new Set(['-h', '--help', '--version'])

/** The variables that commands read. */
export const environment = {
  WEFT_URL: 'where the gateway is: http://host:port or unix:/path',
  WEFT_TOKEN: 'the token that commands send to it',
  WEFT_GATEWAY_CONFIG: 'the configuration file',
  WEFT_GATEWAY_HOST: 'the address to listen on, and where commands look for it',
  WEFT_GATEWAY_PORT: 'the port to listen on, and where commands look for it',
  WEFT_GATEWAY_SOCKET: 'the Unix socket, as well',
  WEFT_GATEWAY_STATE_DIR: 'sessions, events and logs',
  WEFT_GATEWAY_LOG_LEVEL: 'of the log of the gateway',
  WEFT_RUNTIME_BIN: 'runs the apps that are not in the catalogue',
  NO_COLOR: 'no colours, also on a terminal'
} as const

/** The command line with all commands; only `called` has its arguments and options, or every command without it. */
export async function defineProgram(called?: string): Promise<GatewayCommand> {
  const program = new GatewayCommand('weft-gateway')
  program
    .usage('[command] [options]')
    .description('Launches, watches and stops app sessions over HTTP and WebSocket.')
    .version(packageJson.version, '--version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .note('Every command has its own help: weft-gateway launch --help.')
    .note(environmentText())
    .note(exitCodesText())
    .example('weft-gateway init node server.js', 'declare an app in the weft-gateway.toml of this folder')
    .example('weft-gateway serve', 'run the gateway')
    .example('weft-gateway launch server --wait', 'launch the app, in another terminal')
  for (const [name, { summary, group, load }] of Object.entries(commandList)) {
    const command = program.command(name).description(capitalised(summary)).summary(summary).helpGroup(`${group}:`)
    if (called === undefined || called === name || called === 'help') (await load()).define(command as GatewayCommand)
  }
  program.commandsGroup('Shell and tools:')
  return program
}

/** Without a command the gateway is run. */
export function withCommand(args: readonly string[]): string[] {
  const [first] = args
  if (first === undefined || (first.startsWith('-') && !rootOptions.has(first))) return ['serve', ...args]
  return [...args]
}

function environmentText(): string {
  const lines = Object.entries(environment).map(([name, says]) => `  ${name.padEnd(24)} ${says}`)
  return `Environment:\n${lines.join('\n')}`
}

function exitCodesText(): string {
  const codes = Object.keys(exitCodes).map(Number) as ExitCode[]
  return `Exit codes:\n${codes.map(code => `  ${String(code).padEnd(5)}${exitCodes[code]}`).join('\n')}`
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
