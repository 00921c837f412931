import type { GatewayCommand } from './gateway-command.ts'

interface ListedCommand {
  readonly summary: string
  readonly group: 'Gateway' | 'Sessions' | 'Shell and tools'
  /** Adds arguments, options and the action. Loaded only if the command is called. */
  readonly load: () => Promise<{ readonly define: (command: GatewayCommand) => void }>
}

/** The commands, in the order of the help. */
export const commandList: Readonly<Record<string, ListedCommand>> = {
  serve: {
    summary: 'run the gateway; this is what runs without a command',
    group: 'Gateway',
    load: () => import('./commands/serve.ts')
  },
  check: {
    summary: 'print the configuration in force and warnings, or all that is wrong with it',
    group: 'Gateway',
    load: () => import('./commands/check.ts')
  },
  backup: {
    summary: 'copy the sessions and events of a state folder, in use or not, into a new file',
    group: 'Gateway',
    load: () => import('./commands/backup.ts')
  },
  token: {
    summary: 'make tokens for clients',
    group: 'Gateway',
    load: () => import('./commands/token.ts')
  }
}
