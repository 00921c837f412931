import { type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { Circumstances } from './check.ts'
import type { Probe } from './probe.ts'

/** Is a file there that was made or changed after this check was? One that an earlier run left does not count. */
export function file({ setting, options }: ReadinessOf<'file'>, { cwd }: Circumstances): Probe {
  const path = resolve(cwd, setting)
  const before = identityOf(path)
  return {
    awaited: `the file ${path}`,
    options,
    attempt: async () => {
      const now = identityOf(path)
      if (now === undefined) return `${path} was not there`
      return now === before ? `${path} was there before the start and unchanged` : undefined
    }
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, ctimeMs }: Stats = statSync(path)
    return [dev, ino, ctimeMs].join()
  } catch {
    return undefined
  }
}
