import type { Launch } from '../protocol/launch.ts'
import { fill, type PlaceholderValues } from './placeholders.ts'
import { SpawnFailed } from './processes/process-host.ts'
import { userVariables } from './trampoline.ts'

type Variables = Readonly<Record<string, string>>

/**
 * The environment of an app. A variable can have others in it, `{env.NAME}`; itself is then what it would be without that.
 * @throws {SpawnFailed | UnknownUser}
 */
export function environmentOf(launch: Launch, values: PlaceholderValues): Variables {
  const before: Variables = {
    ...userVariables(launch),
    ...(values.dir !== undefined && { TMPDIR: `${values.dir}/tmp` })
  }
  const after: Variables = {
    ...launch.literalEnv,
    ...(values.port !== undefined && { PORT: String(values.port) })
  }
  const valueFor = (name: string, within: readonly string[]): string | undefined => {
    const text = launch.env[name]
    if (Object.hasOwn(after, name)) return after[name]
    if (text === undefined || within.at(-1) === name) return before[name]
    if (within.includes(name)) throw new SpawnFailed(`the variables ${within.join(' and ')} have each other in them`)
    return fill(text, { ...values, env: other => valueFor(other, [...within, name]) })
  }
  const filled = Object.keys(launch.env).map(name => [name, valueFor(name, [])])
  return { ...before, ...Object.fromEntries(filled), ...after }
}
