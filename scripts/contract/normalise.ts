/* Replaces values that differ from run to run by fixed ones, so that the files change only when the API does. */

export const epoch = 'q3Zk'

const serverId = '2a120fa4-45c7-459a-90aa-030637553993'
const pid = 15_150
const port = 42_889
const rateLimitRetryMs = 12_000

const times = {
  createdAt: '2026-11-22T18:00:00.000Z',
  startedAt: '2026-11-22T18:00:00.010Z',
  readyAt: '2026-11-22T18:00:00.043Z',
  updatedAt: '2026-11-22T18:00:20.000Z',
  failedAt: '2026-11-22T18:00:00.060Z',
  restartedAt: '2026-11-22T18:00:00.500Z',
  stoppingSince: '2026-11-22T18:01:00.000Z',
  stoppedAt: '2026-11-22T18:01:00.016Z'
} as const

const timesOfEvents: Readonly<Record<string, string>> = {
  Launched: times.createdAt,
  Starting: times.startedAt,
  AppReady: times.readyAt,
  Updated: times.updatedAt,
  Restarting: times.failedAt,
  Stopping: times.stoppingSince,
  Stopped: times.stoppedAt
}

const totalUsage = { cpuMs: 36, peakRssBytes: 48_234_496, processes: 1 }
const usage = { cpuMs: 36, rssBytes: 47_185_920, peakRssBytes: 48_234_496, processes: 1, at: times.readyAt }

type Members = Readonly<Record<string, unknown>>

/** How a member of this name is shown. */
const members: Readonly<Record<string, (value: unknown, parent: Members) => unknown>> = {
  createdAt: () => times.createdAt,
  startedAt: () => times.startedAt,
  readyAt: () => times.readyAt,
  since: () => times.stoppingSince,
  stoppedAt: (_, session) => (session.readyAt ? times.stoppedAt : times.failedAt),
  time: (_, { type }) => timesOfEvents[String(type)] ?? times.readyAt,
  pid: () => pid,
  pids: () => [pid],
  usage: value => ('at' in (value as Members) ? usage : totalUsage),
  at: (_, { attempt }) => (attempt === undefined ? times.stoppingSince : times.restartedAt),
  ranMs: () => 60,
  readyMs: value => (typeof value === 'number' ? 43 : value),
  port: () => port,
  serverId: () => serverId,
  retryAfterMs: (value, { code }) => (code === 'rate-limited' ? rateLimitRetryMs : value)
}

/** The body of an answer with such values replaced: JSON, or text with lines of JSON in it. */
export function normalise(body: string, realEpoch: string): string {
  return body.replaceAll(realEpoch, epoch).replace(/^(data: )?(\{.*\})$/gm, (_, prefix = '', json: string) => {
    return prefix + JSON.stringify(normaliseValue(JSON.parse(json)))
  })
}

function normaliseValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normaliseValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      Object.hasOwn(members, name) ? members[name]?.(member, value as Members) : normaliseValue(member)
    ])
  )
}
