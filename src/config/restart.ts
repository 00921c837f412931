import { isDeepStrictEqual } from 'node:util'
import type { Config } from './load.ts'

const sections = ['server', 'limits', 'retention'] as const

/** The settings that differ and that count from the start of a gateway to its end, as in `limits.maxSessions`. */
export function settingsForRestart(before: Config, after: Config): string[] {
  const changed = sections.flatMap(section => {
    const [old, now] = [Object.entries(before[section]), Object.entries(after[section])].map(Object.fromEntries)
    const names = new Set([...Object.keys(old), ...Object.keys(now)])
    return [...names].filter(name => !isDeepStrictEqual(old[name], now[name])).map(name => `${section}.${name}`)
  })
  return before.stateDir === after.stateDir || changed.includes('server.stateDir') ? changed : [...changed, 'stateDir']
}
