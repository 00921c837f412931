import type { GatewayCommand } from './gateway-command.ts'

/** The options that override the configuration file. */
export function gatewayOptions(command: GatewayCommand): GatewayCommand {
  return command
    .option(
      '--config <file>',
      'the configuration; weft-gateway.toml in the working folder, if there is one (WEFT_GATEWAY_CONFIG)'
    )
    .option('--host <host>', 'the address to listen on; 127.0.0.1 (WEFT_GATEWAY_HOST)')
    .option('--port <port>', 'the port to listen on; 7410, 0 is any free port (WEFT_GATEWAY_PORT)')
    .option('--socket <path>', 'a Unix socket to listen on, instead of host and port (WEFT_GATEWAY_SOCKET)')
    .option('--state-dir <dir>', 'sessions, events and logs; $XDG_STATE_HOME/weft-gateway (WEFT_GATEWAY_STATE_DIR)')
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent; info (WEFT_GATEWAY_LOG_LEVEL)')
    .note(
      'Options override the environment, which overrides the file; a host or a port overrides a socket as well. WEFT_RUNTIME_BIN runs the apps outside the catalogue as <bin> <appId> <sessionId>.'
    )
}
