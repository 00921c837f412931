import { Api, type Event, type HttpResponse, type Problem } from './generated/api.js'
import type { Answer, Connect } from './sdk.js'

/** This one throws the answers that are errors, as text where text was asked for. */
async function answer<Data>(call: Promise<HttpResponse<Data, unknown>>): Promise<Answer<Data>> {
  try {
    const { status, data } = await call
    return { status, data }
  } catch (thrown) {
    const { status, error } = thrown as HttpResponse<Data, Problem | string>
    const problem: Problem = typeof error === 'string' ? JSON.parse(error) : error
    return { status, code: problem.code }
  }
}

/** Compiles only where `type` tells the events apart. */
function tell(event: Event): string {
  switch (event.type) {
    case 'Launched':
    case 'Starting':
    case 'AppReady':
    case 'Stopping':
    case 'Stopped':
      return `${event.type} ${event.session.id}`
    default:
      return event satisfies never
  }
}

export const connect: Connect = (baseUrl, headers) => {
  const api = new Api({ baseUrl, baseApiParams: { headers } })
  return {
    launch: (body, headers) => answer(api.sessions.launchSession(body, { headers: { ...headers } })),
    get: id => answer(api.sessions.getSession(id)),
    wait: (id, goal) => answer(api.sessions.waitForSession(id, { for: goal })),
    list: query => answer(api.sessions.listSessions(query)),
    logs: id => answer(api.sessions.readLogs(id, {}, { format: 'text' })),
    stop: id => answer(api.sessions.stopSession(id)),
    history: async query => {
      const { data, ...rest } = await answer(api.events.streamEvents(query, { format: 'json' }))
      return { ...rest, data: data?.items.map(tell) }
    },
    app: id => answer(api.apps.getApp(id)),
    explain: code => answer(api.problems.getProblemType(code, { format: 'text' }))
  }
}
