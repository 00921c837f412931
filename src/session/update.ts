/** What a session can tell of its present run, beside its state. A new run begins without it. */
export interface Told {
  readonly progress?: Progress
  readonly health?: Health
}

/** What the app says of its own progress. */
export interface Progress {
  /** From 0 to 100. */
  readonly percent?: number
  readonly text?: string
}

export const healthStatuses = ['healthy', 'unhealthy'] as const

export type HealthStatus = (typeof healthStatuses)[number]

/** What the checks of a session's health have found; absent before the first one. */
export interface Health {
  readonly status: HealthStatus
  /** When it got this status; RFC 3339. */
  readonly since: string
  /** How many checks in a row have failed; absent if the last one succeeded. */
  readonly failures?: number
  /** What the last check found, if it failed. */
  readonly message?: string
}

/** The session with what is told anew; what is not told stays, and a progress without members removes it. */
export function withTold<S extends Told>(session: S, { progress, health }: Told): S {
  const { progress: _, ...rest } = session
  const isCleared = progress !== undefined && Object.keys(progress).length === 0
  return {
    ...((isCleared ? rest : session) as S),
    ...(progress && !isCleared && { progress }),
    ...(health && { health })
  }
}

/** The session without what was told of its run. */
export function withoutTold<S extends Told>(session: S): Omit<S, keyof Told> {
  const { progress: _, health: __, ...rest } = session
  return rest
}
