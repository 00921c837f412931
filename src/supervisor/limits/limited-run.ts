import type { Limits } from '../../protocol/limits.ts'
import type { Stop } from '../../session/session.ts'
import type { ProcessTree } from '../processes/process-host.ts'
import { following } from '../restart/following.ts'
import { type Excess, type LimitWatch, outOfMemory } from './limit-watch.ts'

interface Ends {
  /** Aborted, with the cause as its reason, when the run is to end. */
  readonly stop: AbortSignal
  /** Aborted when its tree is to be killed without grace. */
  readonly kill: AbortSignal
}

export interface LimitedRun extends Ends {
  /** Why the run is over, if its memory was; else as it seems. */
  readonly causeOf: <T extends Cause>(cause: T) => T | Excess
  readonly release: () => void
}

type Cause = Pick<Stop, 'reason' | 'initiator' | 'message'>

/** A run that ends, without grace, when its tree exceeds a limit: it could use even more meanwhile. */
export function limitRun(
  tree: ProcessTree,
  limits: Limits,
  session: Ends & { readonly limits: LimitWatch }
): LimitedRun {
  const [stop, kill] = [following(session.stop), following(session.kill)]
  const unwatch = session.limits.watch(tree, limits, excess => {
    stop.abort(excess)
    kill.abort()
  })
  const release = () => {
    unwatch()
    stop.release()
    kill.release()
  }
  // The kernel kills what exceeds the memory of its cgroup; the app seems to have exited then.
  const causeOf = <T extends Cause>(cause: T) =>
    (cause.initiator === 'app' && tree.cgroup && outOfMemory(tree.cgroup, limits)) || cause
  return { stop: stop.signal, kill: kill.signal, causeOf, release }
}
