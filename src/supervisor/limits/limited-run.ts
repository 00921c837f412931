import type { Limits } from '../../protocol/limits.ts'
import type { ProcessTree } from '../processes/process-host.ts'
import { following } from '../restart/following.ts'
import type { LimitWatch } from './limit-watch.ts'

interface Ends {
  /** Aborted, with the cause as its reason, when the run is to end. */
  readonly stop: AbortSignal
  /** Aborted when its tree is to be killed without grace. */
  readonly kill: AbortSignal
}

export type LimitedRun = Ends & { readonly release: () => void }

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
  return { stop: stop.signal, kill: kill.signal, release }
}
