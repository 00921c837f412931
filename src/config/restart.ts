import { isDeepStrictEqual } from 'node:util'
import type { Config } from './load.ts'

const sections = ['server', 'limits', 'retention', 'weft'] as const

/** The changed settings that take effect only after a restart, such as `limits.maxSessions`. */
export function settingsForRestart(before: Config, after: Config): string[] {
  const changed = sections.flatMap(section => {
    const [old, now] = [Object.entries(before[section]), Object.entries(after[section])].map(Object.fromEntries)
    const names = new Set([...Object.keys(old), ...Object.keys(now)])
    return [...names].filter(name => !isDeepStrictEqual(old[name], now[name])).map(name => `${section}.${name}`)
  })
  return before.stateDir === after.stateDir || changed.includes('server.stateDir') ? changed : [...changed, 'stateDir']
}
