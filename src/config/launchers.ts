import { type Static, Type } from '@sinclair/typebox'
import type { ReadyEntry } from '../readiness/kinds.ts'
import { nearest } from './nearest.ts'

const Argument = Type.String({ pattern: '^[^\\u0000]*$' })
const Command = Type.Array(Argument, { minItems: 1 })

export const launcherSetting = Type.Optional(
  Type.String({ minLength: 1, description: 'the one of [launchers] that runs its command' })
)

/** A program that runs the commands of apps. */
export const Launcher = Type.Object(
  {
    wrap: Type.Array(Argument, { minItems: 1, description: 'an argv that is put before the command' }),
    stop: Type.Optional(
      Type.Array(Argument, { minItems: 1, description: 'a command that ends the app, where it has no stop.command' })
    ),
    after: Type.Optional(
      Type.Unsafe<string[] | string[][]>({
        ...{ type: 'array', minItems: 1, items: { anyOf: [Argument, Command] } },
        description: 'a command, or several, that run after those of the app'
      })
    )
  },
  { additionalProperties: false, description: 'a program that runs the commands of apps' }
)

export type Launcher = Static<typeof Launcher>

export type Launchers = Readonly<Record<string, Launcher>>

/** What a launcher changes in an app. */
interface Launched {
  readonly command: string[]
  readonly launcher?: string
  readonly stop?: { readonly command?: string[] }
  readonly after?: string[][]
  readonly ready: ReadyEntry
}

/** The app as its launcher runs it. What answers on a port then need not be a process of the session, as in a container. */
export function withLauncher<T extends Launched>(app: T, launchers: Launchers): T {
  const launcher = app.launcher === undefined ? undefined : launcherOf(app.launcher, launchers)
  if (!launcher) return app
  const { wrap, stop } = launcher
  const after = [...(app.after ?? []), ...afterOf(launcher)]
  return {
    ...app,
    command: [...wrap, ...app.command],
    ...((app.ready.tcp || app.ready.http) && { ready: { anyProcess: true, ...app.ready } }),
    ...(stop && { stop: { command: stop, ...app.stop } }),
    ...(after.length > 0 && { after })
  }
}

export function launcherOf(name: string, launchers: Launchers): Launcher | undefined {
  return Object.hasOwn(launchers, name) ? launchers[name] : undefined
}

/** Why there is no launcher of that name; undefined if there is. */
export function unknownLauncher(name: string, launchers: Launchers): string | undefined {
  if (launcherOf(name, launchers)) return undefined
  const names = Object.keys(launchers).sort()
  const meant = nearest(name, names)
  if (meant) return `there is no launcher '${name}'; did you mean ${meant}?`
  return `there is no launcher '${name}'; ${names.length > 0 ? `there is ${names.join(', ')}` : 'there are none'}`
}

/** Faults of a launcher that conforms to the schema: settings, each with what is wrong. */
export function launcherFaults(launcher: Launcher): readonly (readonly [setting: string, detail: string])[] {
  const { wrap, stop } = launcher
  const after = launcher.after ?? []
  const isMixed = after.some(part => typeof part === 'string') && after.some(part => typeof part !== 'string')
  return [
    ...(wrap[0] === '' ? [['wrap', 'must name a program'] as const] : []),
    ...(stop?.[0] === '' ? [['stop', 'must name a program'] as const] : []),
    ...(isMixed ? [['after', 'must be either one command or a list of commands'] as const] : []),
    ...(!isMixed && afterOf(launcher).some(([program]) => program === '')
      ? [['after', 'must name a program'] as const]
      : [])
  ]
}

function afterOf({ after = [] }: Launcher): string[][] {
  return isOneCommand(after) ? [after] : (after as string[][])
}

function isOneCommand(after: string[] | string[][]): after is string[] {
  return typeof after[0] === 'string'
}
