import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CgroupPlace, findCgroupPlace } from '../../limits/cgroup-place.ts'
import type { CgroupFolder, CgroupUse } from '../../protocol/cgroups.ts'
import type { Limits } from '../../protocol/limits.ts'
import { markOf } from '../processes/proc.ts'
import { HomeCgroup } from './home-cgroup.ts'
import { SessionCgroup } from './session-cgroup.ts'

/** What limits need, and what makes usage exact. */
const wanted = ['cpu', 'memory', 'pids'] as const

const cpuPeriodUs = 100_000

/** Threads count as processes there, of which the limit says nothing: this many times as many are permitted. */
const tasksPerProcess = 16

/**
 * The cgroups of sessions, below the one that this process may write: `weft-<state folder>/<mark>`. The names follow from
 * the state folder and the session's key, so that the next supervisor finds what is left of them.
 */
export class Cgroups {
  readonly folder: string
  /** Those that limits can use. */
  readonly controllers: readonly string[]
  readonly #use: Exclude<CgroupUse, 'off'>
  readonly #home: HomeCgroup
  readonly #place: CgroupPlace

  private constructor(
    { folder, controllers, place }: Pick<Cgroups, 'folder' | 'controllers'> & { readonly place: CgroupPlace },
    use: Exclude<CgroupUse, 'off'>,
    home: HomeCgroup
  ) {
    this.#home = home
    this.#place = place
    this.folder = folder
    this.controllers = controllers
    this.#use = use
  }

  /** Undefined where there can be none; `notice` is told why, and else what there is. */
  static open(use: CgroupUse, stateFolder: string, notice: (message: string) => void): Cgroups | undefined {
    if (use === 'off') return undefined
    const search = findCgroupPlace()
    if ('why' in search) {
      notice(`sessions have no cgroups: ${search.why}`)
      return undefined
    }
    try {
      const folder = join(search.place.folder, `weft-${hash('sha256', stateFolder).slice(0, 12)}`)
      const controllers = enable(search.place, folder)
      const cgroups = new Cgroups({ folder, controllers, place: search.place }, use, new HomeCgroup(search.place.own))
      cgroups.close()
      const which = use === 'all' ? 'every session' : 'sessions with limits'
      notice(`cgroups for ${which} below ${folder}, with ${controllers.join(', ') || 'no controllers'}`)
      return cgroups
    } catch (error) {
      notice(`sessions have no cgroups: ${(error as Error).message}`)
      return undefined
    }
  }

  /** For the gateway. */
  get told(): CgroupFolder {
    return { use: this.#use, folder: this.folder, controllers: [...this.controllers] }
  }

  /** A new cgroup for a run; undefined if it needs none, or can have none. */
  make(key: string, limits: Limits | undefined): SessionCgroup | undefined {
    if (this.#use !== 'all' && !limits) return undefined
    const cgroup = this.of(key)
    try {
      // It is there only as long as a session needs it: a supervisor that is killed can't remove it.
      if (!existsSync(this.folder)) enable(this.#place, this.folder)
      mkdirSync(cgroup.folder, { recursive: true })
    } catch {
      return undefined
    }
    if (limits) limit(cgroup, limits)
    return cgroup
  }

  /** The cgroup that a session with this key has, if it has one. */
  of(key: string): SessionCgroup {
    return new SessionCgroup(join(this.folder, `${markOf(key)}`), this.controllers, this.#home)
  }

  /** Removes the folder, if no session is left. */
  close(): void {
    this.#sweep()
    try {
      rmdirSync(this.folder)
    } catch {
      // A process of a lost session is in it.
    }
  }

  /** Removes what an earlier supervisor has left. */
  #sweep(): void {
    if (!existsSync(this.folder)) return
    for (const entry of readdirSync(this.folder, { withFileTypes: true })) {
      if (entry.isDirectory()) new SessionCgroup(join(this.folder, entry.name), [], this.#home).remove()
    }
  }
}

/** Makes the folder, and enables the controllers that can be. */
function enable({ folder: place, controllers }: CgroupPlace, folder: string): readonly string[] {
  for (const name of wanted) if (controllers.includes(name)) enableIn(place, name)
  mkdirSync(folder, { recursive: true })
  for (const name of wanted) if (controllers.includes(name)) enableIn(folder, name)
  const enabled = readFileSync(join(folder, 'cgroup.subtree_control'), 'latin1').split(/\s+/)
  return wanted.filter(name => enabled.includes(name))
}

/** The kernel refuses it for a cgroup that has processes itself. */
function enableIn(folder: string, controller: string): void {
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`, { flag: 'r+' })
  } catch {
    // Then the controllers in the file do not have it.
  }
}

function limit(cgroup: SessionCgroup, { cpus, memoryBytes, processes }: Limits): void {
  const has = (controller: (typeof wanted)[number]) => cgroup.controllers.includes(controller)
  if (cpus !== undefined && has('cpu')) cgroup.limit('cpu.max', `${Math.round(cpus * cpuPeriodUs)} ${cpuPeriodUs}`)
  if (memoryBytes !== undefined && has('memory')) {
    cgroup.limit('memory.max', `${memoryBytes}`)
    // Or it would go on in swap space, and slowly.
    cgroup.limit('memory.swap.max', '0')
    cgroup.limit('memory.oom.group', '1')
  }
  if (processes !== undefined && has('pids')) cgroup.limit('pids.max', `${tasksPerProcess * processes}`)
}
