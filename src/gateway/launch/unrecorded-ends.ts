import { setTimeout as delay } from 'node:timers/promises'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import type { Registry } from '../registry/registry.ts'
import type { SupervisorLink } from '../supervisor-link/link.ts'

export interface UnrecordedEndsParts {
  readonly registry: Pick<Registry, 'registrations'>
  readonly sessions: Pick<DurableSessions, 'live'>
  readonly supervisor: Pick<SupervisorLink, 'unrecordedEnds'>
}

/** How long the recording of the ends is tried again, in milliseconds: a full disk or a lock can be gone soon. */
const patienceMs = 3_000

const pollMs = 100

/**
 * Waits until every session that was started has ended and the store has not taken the ends for {@link patienceMs}.
 * Returns the ids of those sessions; an empty array when `over` aborts first.
 */
export async function unrecordedEnds(parts: UnrecordedEndsParts, over: AbortSignal): Promise<readonly number[]> {
  let endedAt: number | undefined
  while (!over.aborted) {
    const now = performance.now()
    endedAt = haveEnded(parts) ? (endedAt ?? now) : undefined
    if (endedAt !== undefined && now - endedAt >= patienceMs) {
      return parts.sessions.live.filter(({ state }) => state !== 'queued').map(({ id }) => id)
    }
    await delay(pollMs, undefined, { signal: over }).catch(() => {})
  }
  return []
}

/** Is every session either queued or ended, recorded or not? */
export function haveEnded({ registry, supervisor }: Omit<UnrecordedEndsParts, 'sessions'>): boolean {
  const ends = supervisor.unrecordedEnds
  return registry.registrations.every(({ session, key }) => session.state === 'queued' || ends.has(key))
}
