import { findCgroupPlace } from '../limits/cgroup-place.ts'
import { prlimit } from '../limits/prlimit.ts'
import type { Limits } from '../protocol/limits.ts'

/** Limits that are not held on this machine, each with why. */
export function limitWarnings(limits: Limits | undefined): readonly (readonly [string, string])[] {
  if (!limits) return []
  const { cpus, nice = 0, openFiles, fileSizeBytes } = limits
  const at = (setting: string, detail: string) => [[setting, detail] as const]
  const needsProgram = openFiles !== undefined || fileSizeBytes !== undefined
  return [
    ...(cpus !== undefined && !hasCpuController()
      ? at(
          'cpus',
          'is not enforced: there is no cpu controller of cgroup v2 that a gateway started from here could use'
        )
      : []),
    ...(nice < 0 && process.geteuid?.() !== 0 ? at('nice', 'below 0 is only for a gateway that runs as root') : []),
    ...(needsProgram && !prlimit()
      ? at(
          openFiles === undefined ? 'fileSize' : 'openFiles',
          'needs the program prlimit of util-linux, which is not there'
        )
      : [])
  ]
}

function hasCpuController(): boolean {
  const search = findCgroupPlace()
  return 'place' in search && search.place.controllers.includes('cpu')
}
