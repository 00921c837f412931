import { accessSync, constants, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A cgroup of version 2 below which this process may make others. */
export interface CgroupPlace {
  readonly folder: string
  /** That of this process: the same, or one in it. */
  readonly own: string
  /** Which the kernel could enable below it. */
  readonly controllers: readonly string[]
}

export type CgroupSearch = { readonly place: CgroupPlace } | { readonly why: string }

/** What DelegateSubgroup= of the units is: the processes of a unit are there, so that others can be beside it. */
const subgroup = 'gateway'

/** Finds the cgroup of this process, or the one above it if that is the unit's; or why there is none. */
export function findCgroupPlace(): CgroupSearch {
  const mount = mountPoint()
  if (mount === undefined) return { why: 'cgroup v2 is not mounted' }
  const own = ownPath()
  if (own === undefined) return { why: 'this process is in no cgroup of version 2' }
  const inside = join(mount, own)
  const unit = basename(inside) === subgroup && isWritable(dirname(inside)) ? dirname(inside) : undefined
  const folder = unit ?? inside
  if (!isWritable(folder)) return { why: `${folder} can't be written to` }
  return { place: { folder, own: inside, controllers: words(join(folder, 'cgroup.controllers')) } }
}

/** See proc_pid_mountinfo(5): the mount point is the fifth field, the type the first one after a lone dash. */
function mountPoint(): string | undefined {
  const lines = read('/proc/self/mountinfo').split('\n')
  const mount = lines.find(line => line.split(' - ')[1]?.startsWith('cgroup2 '))?.split(' ')[4]
  return mount?.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

function ownPath(): string | undefined {
  return /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1]
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK)
    return true
  } catch {
    return false
  }
}

function words(file: string): readonly string[] {
  return read(file).split(/\s+/).filter(Boolean)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
