import { readFileSync } from 'node:fs'
import {
  AppsApi,
  Configuration,
  type Event,
  EventsApi,
  LaunchRequestFromJSON,
  MetaApi,
  type Problem,
  ProblemFromJSON,
  ResponseError,
  SessionsApi,
  WaitTarget
} from './weft/index.js'

const connect = (basePath: string, accessToken: string) => new Configuration({ basePath, accessToken })

async function listAll(configuration: Configuration, label: string): Promise<number[]> {
  const ids: number[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await new SessionsApi(configuration).listSessions({ label: [label], limit: 2, cursor })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
    if (cursor === undefined) return ids
  }
}

async function eventsOf(configuration: Configuration, id: number): Promise<Event[]> {
  const all: Event[] = []
  for (let since: string | undefined; ; ) {
    const page = await new EventsApi(configuration).listEvents({ sessionId: [id], since, limit: 2 })
    if (page.items.length === 0) return all
    all.push(...page.items)
    since = page.cursor
  }
}

async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const error: unknown = await call.then(
    () => new Error('no error'),
    (thrown: unknown) => thrown
  )
  if (error instanceof ResponseError) return ProblemFromJSON(await error.response.json())
  throw error
}

interface Call {
  readonly operation: string
  readonly url: string
  readonly token: string
  readonly request?: object
  readonly idempotencyKey?: string
  readonly waitMs?: number
}

async function tell({ operation, url, token, request, idempotencyKey, waitMs }: Call): Promise<void> {
  const configuration = connect(url, token)
  const calls: Record<string, () => Promise<unknown>> = {
    launchSession: () =>
      new SessionsApi(configuration).launchSession({
        launchRequest: LaunchRequestFromJSON(request),
        idempotencyKey,
        waitMs
      }),
    getApp: () => new AppsApi(configuration).getApp({ id: 'nobody' }),
    getSession: () => new SessionsApi(configuration).getSession({ id: 99 }),
    getProblemType: () => new MetaApi(configuration).getProblemType({ code: 'nonsense' }),
    listEvents: () => new EventsApi(configuration).listEvents({ since: 'other.1' })
  }
  const call = calls[operation]
  if (!call) throw new Error(operation)
  const { status, code, errors, session, logTail } = await problemOf(call())
  const pointer = errors?.[0]?.pointer
  say('problem', { status, code, pointer, exitCode: session?.stop?.exitCode, logTail })
}

async function life(configuration: Configuration): Promise<void> {
  const sessions = new SessionsApi(configuration)
  const labels = { team: 'a' }
  const session = await sessions.launchSession({ launchRequest: { appId: 'steady', labels }, waitMs: 60_000 })
  const { id, appId, state } = session
  say('launch', { id, appId, state, team: session.labels.team })
  const again = await sessions.getSession({ id })
  say('read', { id: again.id, state: again.state })
  say('wait', { state: (await sessions.waitForSession({ id, until: WaitTarget.Ready })).state })
  for (let n = 0; n < 2; n++) await sessions.launchSession({ launchRequest: { appId: 'slow', labels } })
  say('list', { ids: await listAll(configuration, 'team=a') })
  const stopped = await sessions.stopSession({ id, waitMs: 60_000 })
  const { reason, signalsSent, survivors } = stopped.stop ?? {}
  say('stop', { state: stopped.state, reason, signalsSent, survivors })
  say('events', { types: (await eventsOf(configuration, id)).map(({ type }) => type) })
  const { items } = await sessions.listLogLines({ id })
  say('logs', { lines: items.map(({ stream, line }) => `${stream} ${line}`) })
}

async function tomorrow(configuration: Configuration): Promise<void> {
  const sessions = new SessionsApi(configuration)
  const events = await eventsOf(configuration, 1)
  say('tomorrow', {
    ids: await listAll(configuration, 'team=a'),
    state: (await sessions.getSession({ id: 2 })).state,
    reason: (await sessions.getSession({ id: 1 })).stop?.reason,
    types: events.map(({ type }) => type),
    withSession: events.filter(({ session }) => session).length,
    code: (await problemOf(sessions.getSession({ id: 99 }))).code
  })
}

const say = (step: string, members: object) => console.log(JSON.stringify({ step, ...members }))

const [, , url = '', later = '', token = ''] = process.argv
const calls: Call[] = JSON.parse(readFileSync('calls.json', 'utf8'))
for (const call of calls) await tell(call)
await life(connect(url, token))
await tomorrow(connect(later, token))
