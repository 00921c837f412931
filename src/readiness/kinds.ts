import { command } from './command.ts'
import { exit } from './exit.ts'
import { fd } from './fd.ts'
import { file } from './file.ts'
import { http } from './http.ts'
import type { Fill, ReadinessKind } from './kind.ts'
import { line } from './line.ts'
import { none } from './none.ts'
import { notify } from './notify.ts'
import { type ReadyOptions, readyOptionNames, readyOptions } from './options.ts'
import { pattern } from './pattern.ts'
import { socket } from './socket.ts'
import { tcp } from './tcp.ts'

/** All kinds of readiness. Their checks are in `src/supervisor/readiness/checks.ts`. */
const kinds = { line, pattern, tcp, http, socket, file, command, notify, fd, exit, none }

type Settings = { readonly [K in keyof typeof kinds]: (typeof kinds)[K] extends ReadinessKind<infer S> ? S : never }

export type ReadinessKindName = keyof Settings

export type SettingOf<K extends ReadinessKindName> = Settings[K]

/** `ready` in the configuration: exactly one kind with its setting, and the options of that kind. */
export type ReadyEntry = Partial<Settings> & ReadyOptions

/** How it is found out that an app is ready. */
export type Readiness = { [K in ReadinessKindName]: ReadinessOf<K> }[ReadinessKindName]

export interface ReadinessOf<K extends ReadinessKindName> {
  readonly kind: K
  readonly setting: SettingOf<K>
  /** Only those that the entry has. */
  readonly options?: ReadyOptions
}

export const readinessKinds: { readonly [K in ReadinessKindName]: ReadinessKind<Settings[K]> } = kinds

export const readinessKindNames = Object.keys(readinessKinds) as readonly ReadinessKindName[]

/** @throws if the entry has no kind: an app is never ready by mistake. */
export function readinessOf(ready: ReadyEntry): Readiness {
  const [kind] = kindsIn(ready)
  if (!kind) throw new Error('there is no kind of readiness in the entry')
  const given = readyOptionNames.filter(name => ready[name] !== undefined)
  const options = given.length > 0 && { options: Object.fromEntries(given.map(name => [name, ready[name]])) }
  return { kind, setting: ready[kind] ?? defaultLine, ...options } as Readiness
}

/** What a launch prints by default, and the first word of a line with a token. */
export const defaultLine = 'READY'

/** The kinds that an entry has; `token` alone is the default line with a token. */
function kindsIn(ready: ReadyEntry): readonly ReadinessKindName[] {
  const named = readinessKindNames.filter(name => ready[name] !== undefined)
  return named.length === 0 && ready.token ? ['line'] : named
}

/** Faults of an entry that conforms to the schema, each with the member that it is about, if it is about one. */
export function readyFaults(ready: ReadyEntry): readonly { readonly member?: string; readonly detail: string }[] {
  const [kind, ...others] = kindsIn(ready)
  if (!kind || others.length > 0) return [{ detail: `must have exactly one of ${readinessKindNames.join(', ')}` }]
  const readiness = readinessOf(ready)
  return [
    ...readinessFaults(readiness).map(detail => ({ member: kind, detail })),
    ...readyOptionNames
      .filter(name => ready[name] !== undefined && !readyOptions[name].kinds.includes(kind))
      .map(name => ({ member: name, detail: `goes only with ${alternatives(readyOptions[name].kinds)}` }))
  ]
}

function alternatives(names: readonly string[]): string {
  return names.length === 1 ? `${names}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

export function readinessFaults<K extends ReadinessKindName>({ kind, setting }: ReadinessOf<K>): string[] {
  return readinessKinds[kind].faults(setting)
}

export function fillReadiness<K extends ReadinessKindName>(readiness: ReadinessOf<K>, fill: Fill): ReadinessOf<K> {
  const { kind, setting, options } = readiness
  const filled = { kind, setting: readinessKinds[kind].fill(setting, fill) }
  return options ? { ...filled, options: fillOptions(options, fill) } : filled
}

function fillOptions(options: ReadyOptions, fill: Fill): ReadyOptions {
  const { headers } = options
  if (!headers) return options
  return { ...options, headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, fill(text)])) }
}
