import { join } from 'node:path'
import { parseArgs } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { faultLine, InvalidConfig } from '../config/faults.ts'
import { type Config, type Flags, loadConfig } from '../config/load.ts'
import { effectiveConfig } from './effective.ts'
import { openSystemd } from './notify-systemd.ts'
import { newTokenText } from './token.ts'
import { WrongUsage } from './wrong-usage.ts'

// From sysexits.h.
const EX_USAGE = 64
const EX_CONFIG = 78

const help = `Usage: weft-gateway [options]          run the gateway
       weft-gateway check [options]    print the configuration in force and warnings, or all that is wrong with it
       weft-gateway backup [options] FILE
                                       copy the sessions and events of a state folder, in use or not, into a new file
       weft-gateway token new --name NAME --scope read|launch|stop... [--app PATTERN...]
                                       make a token, and what the configuration has to say of it

Launches, watches and stops app sessions over HTTP and WebSocket.

Options                  Environment              Default
  --config FILE          WEFT_GATEWAY_CONFIG      weft-gateway.toml in the working folder, if there is one
  --host HOST            WEFT_GATEWAY_HOST        127.0.0.1
  --port PORT            WEFT_GATEWAY_PORT        7410; 0 is any free port
  --socket PATH          WEFT_GATEWAY_SOCKET      a Unix socket to listen on, instead of host and port
  --state-dir DIR        WEFT_GATEWAY_STATE_DIR   $XDG_STATE_HOME/weft-gateway
  --log-level LEVEL      WEFT_GATEWAY_LOG_LEVEL   info; trace, debug, warn, error, fatal, silent
  --help, --version

Options win over the environment, which wins over the file.
WEFT_RUNTIME_BIN runs the apps outside the catalogue as <bin> <appId> <sessionId>.
On SIGHUP the tokens and the catalogue are loaded again.
Exit codes: 0 stopped or done (also with warnings), 1 failed, 64 wrong usage, 78 bad configuration.
`

/** Each takes a function that loads the configuration, and its operands. */
const commands: Record<string, (load: () => Config, ...operands: string[]) => Promise<void>> = {
  async serve(load) {
    const { serve } = await import('../server.ts')
    await serve(load, await openSystemd())
  },
  async check(load) {
    const { warningsOf } = await import('./warnings.ts')
    const config = load()
    process.stdout.write(effectiveConfig(config))
    const warnings = warningsOf(config)
    if (warnings.length > 0) process.stderr.write(`weft-gateway: warnings:\n${warnings.map(faultLine).join('\n')}\n`)
  },
  async backup(load, file) {
    const { backUp } = await import('../gateway/store/backup.ts')
    await backUp(join(load().stateDir, 'gateway.db'), String(file))
    process.stdout.write(`${file}\n`)
  }
}

// Node's default would open an inspector, through which any process on this machine could run code here.
process.on('SIGUSR1', () => {})

try {
  await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`weft-gateway: ${(error as Error).message}\n`)
  process.exitCode = exitCodeOf(error as Error)
}

async function run(args: string[]): Promise<void> {
  if (args[0] === 'token' && args[1] === 'new') {
    const isHelp = args.includes('--help') || args.includes('-h')
    process.stdout.write(isHelp ? help : newTokenText(args.slice(2)))
    return
  }
  const { flags, command, operands, isHelp, isVersion } = readArguments(args)
  if (isHelp) process.stdout.write(help)
  else if (isVersion) process.stdout.write(`${packageJson.version}\n`)
  else await command(() => loadConfig({ flags }), ...operands)
}

function readArguments(args: string[]) {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: text,
      host: text,
      port: text,
      socket: text,
      'state-dir': text,
      'log-level': text,
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' }
    }
  })
  const { help: isHelp, version: isVersion, ...flags } = values
  const [name = 'serve', ...operands] = positionals
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command?.length !== 1 + operands.length)
    throw new WrongUsage(`there is no command '${positionals.join(' ')}'; see --help`)
  return { flags: flags satisfies Flags, command, operands, isHelp, isVersion }
}

function exitCodeOf(error: NodeJS.ErrnoException): number {
  if (error instanceof InvalidConfig) return EX_CONFIG
  if (error instanceof WrongUsage || error.code?.startsWith('ERR_PARSE_ARGS')) return EX_USAGE
  return 1
}
