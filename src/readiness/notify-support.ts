import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Why sd_notify(3) can't be received on this machine, as a predicate; undefined if it can. */
export function whyNoNotify(): string | undefined {
  if (process.platform !== 'linux') return 'works on Linux only'
  try {
    require('koffi')
    return undefined
  } catch {
    return 'needs koffi, which does not work on this machine'
  }
}
