import { http } from './http.ts'
import type { Fill, ReadinessKind } from './kind.ts'
import { line } from './line.ts'
import { none } from './none.ts'
import { pattern } from './pattern.ts'
import { tcp } from './tcp.ts'

/** All kinds of readiness. Their checks are in `src/supervisor/readiness/checks.ts`. */
const kinds = { line, pattern, tcp, http, none }

type Settings = { readonly [K in keyof typeof kinds]: (typeof kinds)[K] extends ReadinessKind<infer S> ? S : never }

export type ReadinessKindName = keyof Settings

export type SettingOf<K extends ReadinessKindName> = Settings[K]

/** `ready` in the configuration: exactly one kind with its setting. */
export type ReadyEntry = Partial<Settings>

/** How it is found out that an app is ready. */
export type Readiness = { [K in ReadinessKindName]: ReadinessOf<K> }[ReadinessKindName]

export interface ReadinessOf<K extends ReadinessKindName> {
  readonly kind: K
  readonly setting: SettingOf<K>
}

export const readinessKinds: { readonly [K in ReadinessKindName]: ReadinessKind<Settings[K]> } = kinds

export const readinessKindNames = Object.keys(readinessKinds) as readonly ReadinessKindName[]

/** @throws if the entry has no kind: an app is never ready by mistake. */
export function readinessOf(ready: ReadyEntry): Readiness {
  const kind = readinessKindNames.find(name => ready[name] !== undefined)
  if (!kind) throw new Error('there is no kind of readiness in the entry')
  return { kind, setting: ready[kind] } as Readiness
}

export function readinessFaults<K extends ReadinessKindName>({ kind, setting }: ReadinessOf<K>): string[] {
  return readinessKinds[kind].faults(setting)
}

export function fillReadiness<K extends ReadinessKindName>(readiness: ReadinessOf<K>, fill: Fill): ReadinessOf<K> {
  const { kind, setting } = readiness
  return { kind, setting: readinessKinds[kind].fill(setting, fill) }
}
