import type { Answer } from './answer.ts'
import type { components } from './contract.ts'
import { LaunchFailed, TimeoutError } from './errors.ts'
import { readLogs } from './logs.ts'
import { type CallOptions, checked, sessionPath, type WaitOption } from './options.ts'
import { isStopped, type Session, type StoppedSession, wasReady } from './session.ts'
import { timeLimit } from './time-limit.ts'
import type { Transport } from './transport.ts'

export interface WithinOption {
  /** After how many milliseconds to give up with a {@link TimeoutError}; never by default. */
  readonly withinMs?: number | undefined
}

export interface WaitUntilOptions extends CallOptions, WithinOption {}

export interface WaitOptions extends CallOptions, WaitOption {
  /** What to wait for: `stopped` by default. */
  readonly until?: components['schemas']['WaitTarget'] | undefined
}

/** How long the gateway waits before it answers one of the requests, in milliseconds: shorter than proxies bear. */
const oneWaitMs = 30_000

/** Lines of the log with a failed launch. */
const tailOfFailure = 20

/** Resolves when the session is ready or stopped, or after `waitMs` (30 s by default), with the session as it is. */
export function waitOnce(transport: Transport, id: number, options: WaitOptions): Answer<Session> {
  return transport.json(
    () => sessionPath(id, '/wait'),
    () => {
      const { until, waitMs = oneWaitMs, ...call } = checked(options, ['until', 'waitMs'])
      return { ...call, waitMs, query: { until, timeoutMs: waitMs } }
    }
  )
}

/** Resolves when the session is ready, or was before it ended. @throws {LaunchFailed | TimeoutError} */
export async function waitUntilReady(transport: Transport, id: number, options: WaitUntilOptions): Promise<Session> {
  const session = await waitUntil(transport, { id, goal: 'ready' }, options)
  if (wasReady(session)) return session
  const { signal } = options
  // The launch has failed, whether or not its log can be read.
  const lines = await readLogs(transport, id, { tail: tailOfFailure, signal }).catch(() => [])
  throw new LaunchFailed({ session, logTail: lines.map(({ line }) => line) })
}

/** @throws {TimeoutError} */
export async function waitUntilStopped(
  transport: Transport,
  id: number,
  options: WaitUntilOptions
): Promise<StoppedSession> {
  return (await waitUntil(transport, { id, goal: 'stopped' }, options)) as StoppedSession
}

interface Goal {
  readonly id: number
  readonly goal: 'ready' | 'stopped'
}

/** Asks again and again. A session that is stopped can't reach any other goal. */
async function waitUntil(transport: Transport, { id, goal }: Goal, options: WaitUntilOptions): Promise<Session> {
  const { withinMs, signal, ...call } = checked(options, ['withinMs'])
  const limit = withinMs === undefined ? undefined : timeLimit(withinMs, signal)
  try {
    for (;;) {
      const wait = { until: goal, waitMs: oneWaitMs }
      const session = await waitOnce(transport, id, { ...call, ...wait, signal: limit?.signal ?? signal })
      if (isStopped(session) || (goal === 'ready' && session.state === 'running')) return session
    }
  } catch (error) {
    if (limit?.isPast) throw new TimeoutError(`session ${id} was not ${goal}`, withinMs ?? 0)
    throw error
  } finally {
    limit?.release()
  }
}
