import type { ReadinessKindName, ReadinessOf, SettingOf } from '../../readiness/kinds.ts'
import type { ReadinessCheck } from './check.ts'
import { http } from './http.ts'
import { line } from './line.ts'
import { none } from './none.ts'
import { pattern } from './pattern.ts'
import { tcp } from './tcp.ts'

/** The check of each kind of readiness. */
const checks: { readonly [K in ReadinessKindName]: (setting: SettingOf<K>) => ReadinessCheck } = {
  line,
  pattern,
  tcp,
  http,
  none
}

/** @throws if the setting can't be used, as a pattern that is no regular expression */
export function checkOf<K extends ReadinessKindName>({ kind, setting }: ReadinessOf<K>): ReadinessCheck {
  return checks[kind](setting)
}
