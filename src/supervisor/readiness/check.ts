import type { ReadyInfo } from '../../session/session.ts'
import type { Output } from '../output/output.ts'

/** One way to find out whether an app is ready. */
export interface ReadinessCheck {
  /** Whether the app can no longer become ready once its stdout is closed. */
  readonly readsStdout: boolean
  /** Resolves when the app is ready, with what it reported. Rejects, or stays pending, when the start is over. */
  readonly ready: (start: Attempt) => Promise<ReadyInfo | undefined>
}

export interface Attempt {
  readonly output: Output
  /** Aborted when the start is over. */
  readonly over: AbortSignal
  /** Reports why a line that looked like readiness does not count. */
  readonly refuse: (fault: string) => void
}
