import type { Launch } from '../protocol/launch.ts'
import { resolveProgram } from '../resolve-program.ts'
import type { SessionCgroup } from './cgroups/session-cgroup.ts'
import { withLimits } from './limits/limited-program.ts'
import { type Program, SpawnFailed } from './processes/process-host.ts'
import type { ReadinessCheck } from './readiness/check.ts'
import { asUser } from './trampoline.ts'

interface Given {
  readonly variables: Readonly<Record<string, string>>
  readonly gives: ReadinessCheck['gives']
  readonly cgroup?: SessionCgroup | undefined
}

/**
 * The program of a session, or another command with its environment. Placeholders are filled already.
 * @throws {SpawnFailed | ProgramNotFound}
 */
export function programOf(launch: Launch, { variables, gives, cgroup }: Given, command?: readonly string[]): Program {
  const argv = command ?? launch.command
  // Output goes into a log, where colours and cursor movements are noise.
  const terminal: Given['variables'] = launch.tty && !command ? { TERM: 'dumb' } : {}
  const env = { ...terminal, ...variables, ...gives?.env }
  const [name] = argv
  if (!name) throw new SpawnFailed('its command is empty')
  const file = resolveProgram(name, launch.cwd, env.PATH)
  const umask = launch.umask === undefined ? undefined : Number.parseInt(launch.umask, 8)
  const own = command ? {} : { extraFd: gives?.fd, stdin: launch.stdin, tty: launch.tty }
  const program = { file, argv, env, cwd: launch.cwd, key: launch.key, ...own, umask, cgroup }
  return withLimits(asUser(program, launch), launch.limits)
}
