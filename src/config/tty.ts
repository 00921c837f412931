import type { AppEntry } from './complete-apps.ts'
import type { ConfigFile } from './schema.ts'

type WithTerminal = Pick<AppEntry, 'tty' | 'ready' | 'stdin'>

/** What does not go with a terminal, each with the setting that it is about. */
export function ttyFaults(
  { tty, ready, stdin }: WithTerminal,
  server: ConfigFile['server']
): readonly (readonly [string, string])[] {
  if (!tty) return []
  return [
    ...(server?.spawner === 'child-process'
      ? [['tty', 'needs the spawner posix-spawn, and server.spawner is child-process'] as const]
      : []),
    ...(ready?.stream === 'stderr'
      ? [['ready.stream', 'must not be stderr with tty: all that is written to a terminal is stdout'] as const]
      : []),
    ...(stdin === 'null' ? [['stdin', 'must not be null with tty: the terminal is its stdin'] as const] : [])
  ]
}
