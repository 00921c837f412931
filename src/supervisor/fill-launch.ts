import type { Launch } from '../protocol/launch.ts'
import { fillReadiness } from '../readiness/kinds.ts'
import { environmentOf } from './environment.ts'
import { fill, fillerOf, type PlaceholderValues } from './placeholders.ts'

/**
 * A launch in which program and folder have their values, with its readiness and the environment of the app; and the
 * values, now with the variables. @throws {SpawnFailed | UnknownUser}
 */
export function fillLaunch(launch: Launch, session: PlaceholderValues) {
  const variables = environmentOf(launch, session)
  const values: PlaceholderValues = { ...session, env: name => variables[name] }
  return {
    launch: { ...launch, command: launch.command.map(part => fill(part, values)), cwd: fill(launch.cwd, values) },
    readiness: fillReadiness(launch.readiness, fillerOf(values)),
    values,
    variables
  }
}
