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
  init: {
    summary: 'write a configuration file for a command',
    group: 'Gateway',
    load: () => import('./commands/init.ts')
  },
  check: {
    summary: 'print the configuration in force and warnings, or all that is wrong with it',
    group: 'Gateway',
    load: () => import('./commands/check.ts')
  },
  schema: {
    summary: 'print the JSON Schema of the configuration',
    group: 'Gateway',
    load: () => import('./commands/schema.ts')
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
  },
  apps: { summary: 'list the apps that can be launched', group: 'Sessions', load: () => import('./commands/apps.ts') },
  launch: { summary: 'launch an app', group: 'Sessions', load: () => import('./commands/launch.ts') },
  ps: { summary: 'list sessions, once or live', group: 'Sessions', load: () => import('./commands/ps.ts') },
  top: {
    summary: 'show what sessions use, live or once',
    group: 'Sessions',
    load: () => import('./commands/top.ts')
  },
  show: { summary: 'show what is known of a session', group: 'Sessions', load: () => import('./commands/show.ts') },
  logs: { summary: 'show or follow what an app writes', group: 'Sessions', load: () => import('./commands/logs.ts') },
  events: {
    summary: 'show or follow what happens to sessions',
    group: 'Sessions',
    load: () => import('./commands/events.ts')
  },
  wait: {
    summary: 'wait until a session is ready, completed or stopped',
    group: 'Sessions',
    load: () => import('./commands/wait.ts')
  },
  update: {
    summary: 'change the labels or the lifetime of a session',
    group: 'Sessions',
    load: () => import('./commands/update.ts')
  },
  renew: { summary: 'renew the lease of a session', group: 'Sessions', load: () => import('./commands/renew.ts') },
  stop: {
    summary: 'stop sessions, and say how they ended',
    group: 'Sessions',
    load: () => import('./commands/stop.ts')
  },
  openapi: {
    summary: 'print the contract of the HTTP API',
    group: 'Shell and tools',
    load: () => import('./commands/openapi.ts')
  },
  completion: {
    summary: 'print a completion script for a shell',
    group: 'Shell and tools',
    load: () => import('./commands/completion.ts')
  }
}
