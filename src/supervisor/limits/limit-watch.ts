import { setTimeout as delay } from 'node:timers/promises'
import type { Limits } from '../../protocol/limits.ts'
import type { SessionCgroup } from '../cgroups/session-cgroup.ts'
import type { ProcessEntry, ProcessHost, ProcessTree } from '../processes/process-host.ts'
import { describeBytes } from './describe.ts'
import { memoryOf } from './memory.ts'

/** The pause between two looks, in milliseconds. */
const pauseMs = 100
/** The longest pause: looks take at most a tenth of the time, unless that takes longer. */
const longestPauseMs = 1_000
const pauseFactor = 9

/** A limit that a session has exceeded, as the cause of its end. */
export interface Excess {
  readonly reason: 'memoryLimit' | 'processLimit'
  readonly initiator: 'gateway'
  readonly message: string
}

interface Watched {
  readonly limits: Limits
  readonly exceeded: (excess: Excess) => void
}

/** Looks at the memory and the processes of trees with limits, again and again: all of them in one look. */
export class LimitWatch {
  readonly #host: ProcessHost
  readonly #watched = new Map<ProcessTree, Watched>()
  #isLooking = false

  constructor(host: ProcessHost) {
    this.#host = host
  }

  /** Calls `exceeded` once if the tree exceeds a limit; returns the function that ends the watch. */
  watch(tree: ProcessTree, limits: Limits, exceeded: (excess: Excess) => void): () => void {
    if (limits.memoryBytes === undefined && limits.processes === undefined) return () => {}
    this.#watched.set(tree, { limits, exceeded })
    if (!this.#isLooking) void this.#look()
    return () => this.#watched.delete(tree)
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    while (this.#watched.size > 0) {
      const begin = performance.now()
      await Promise.all(Array.from(this.#watched, ([tree, watched]) => this.#lookAt(tree, watched)))
      const tookMs = performance.now() - begin
      await delay(Math.min(Math.max(pauseMs, pauseFactor * tookMs), longestPauseMs), undefined, { ref: false })
    }
    this.#isLooking = false
  }

  async #lookAt(tree: ProcessTree, { limits, exceeded }: Watched): Promise<void> {
    // A look that fails, for lack of descriptors for example, is followed by another.
    const members = await this.#host.measure(tree).catch(() => [])
    const excess = ofKernel(tree, limits) ?? excessOf(members, tree.usage.now.rssBytes, limits)
    if (excess && this.#watched.delete(tree)) exceeded(excess)
  }
}

/** What the kernel has refused to the cgroup of a tree, or killed in it. */
function ofKernel({ cgroup }: ProcessTree, limits: Limits): Excess | undefined {
  if (!cgroup) return undefined
  if (limits.processes !== undefined && cgroup.number('pids.events', 'max') > 0) {
    const message = `it had too many processes and threads, far more than the ${limits.processes} of limits.processes`
    return { reason: 'processLimit', initiator: 'gateway', message }
  }
  return outOfMemory(cgroup, limits)
}

export function outOfMemory(cgroup: SessionCgroup, { memoryBytes }: Limits): Excess | undefined {
  if (memoryBytes === undefined || cgroup.number('memory.events', 'oom_kill') === 0) return undefined
  return memoryExcess(cgroup.peakBytes ?? memoryBytes, memoryBytes)
}

function excessOf(members: readonly ProcessEntry[], rssBytes: number, limits: Limits): Excess | undefined {
  const { processes = Number.POSITIVE_INFINITY, memoryBytes = Number.POSITIVE_INFINITY } = limits
  if (members.length > processes) {
    const message = `it had ${members.length} processes at once, more than the ${processes} of limits.processes`
    return { reason: 'processLimit', initiator: 'gateway', message }
  }
  // To read what is shared takes longer, and can only lower the sum.
  if (rssBytes <= memoryBytes) return undefined
  const bytes = memoryOf(members)
  return bytes > memoryBytes ? memoryExcess(bytes, memoryBytes) : undefined
}

function memoryExcess(bytes: number, limit: number): Excess {
  const how = bytes > limit ? 'more than' : 'and needed more than'
  const message = `it had ${describeBytes(bytes)} of memory, ${how} the ${describeBytes(limit)} of limits.memory`
  return { reason: 'memoryLimit', initiator: 'gateway', message }
}
