import type { StopRequest } from '../protocol/commands.ts'
import type { Launch } from '../protocol/launch.ts'
import type { Output } from './output/output.ts'
import type { ProcessTree } from './processes/process-host.ts'

/** A session that runs here, and the two ways to end it: stop, and kill. */
export class Supervised {
  readonly launch: Launch
  /** When its launch came, on the monotonic clock. */
  readonly startedMs = performance.now()
  lifetimeMs: number | undefined
  readonly #stop = new AbortController()
  readonly #kill = new AbortController()
  readonly stopped = this.#stop.signal
  readonly killed = this.#kill.signal
  /** As soon as it has processes, like its output. */
  tree: ProcessTree | undefined
  output: Output | undefined

  constructor(launch: Launch) {
    this.launch = launch
    this.lifetimeMs = launch.lifetimeMs
  }

  /** The first request counts. */
  stop(request: StopRequest, force: boolean): void {
    this.#stop.abort(request)
    if (force) this.#kill.abort()
  }
}
