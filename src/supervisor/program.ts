import type { Launch } from '../protocol/launch.ts'
import { resolveProgram } from '../resolve-program.ts'
import { withLimits } from './limits/limited-program.ts'
import { fill, type PlaceholderValues } from './placeholders.ts'
import { type Program, SpawnFailed } from './processes/process-host.ts'
import type { ReadinessCheck } from './readiness/check.ts'
import { asUser, userVariables } from './trampoline.ts'

type Given = PlaceholderValues & { readonly gives: ReadinessCheck['gives'] }

/**
 * The program of a session, or another command with its environment, in which placeholders are filled already.
 * @throws {SpawnFailed | ProgramNotFound}
 */
export function programOf(launch: Launch, { gives, ...values }: Given, command?: readonly string[]): Program {
  const argv = command ?? launch.command.map(part => fill(part, values))
  const filled = Object.entries(launch.env).map(([name, value]) => [name, fill(value, values)])
  const env: Record<string, string> = {
    ...userVariables(launch),
    ...(values.dir !== undefined && { TMPDIR: `${values.dir}/tmp` }),
    ...Object.fromEntries(filled),
    ...launch.literalEnv,
    ...gives?.env
  }
  if (values.port !== undefined) env.PORT = String(values.port)
  const [name] = argv
  if (!name) throw new SpawnFailed('its command is empty')
  const file = resolveProgram(name, launch.cwd, env.PATH)
  const umask = launch.umask === undefined ? undefined : Number.parseInt(launch.umask, 8)
  const own = command ? {} : { extraFd: gives?.fd, stdin: launch.stdin }
  const program = { file, argv, env, cwd: launch.cwd, key: launch.key, ...own, umask }
  return withLimits(asUser(program, launch), launch.limits)
}
