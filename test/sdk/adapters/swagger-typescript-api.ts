import { Api, type Event, type HttpResponse, type Problem, WaitTarget } from './generated/api.js'
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

const tell = ({ type, session }: Event) => `${type} ${session?.id}`

export const connect: Connect = (baseUrl, headers) => {
  const api = new Api({ baseUrl, baseApiParams: { headers } })
  return {
    launch: (body, { waitMs, ...headers } = {}) =>
      answer(api.sessions.launchSession(body, waitMs === undefined ? {} : { waitMs }, { headers: { ...headers } })),
    get: id => answer(api.sessions.getSession(id)),
    wait: (id, goal) =>
      answer(api.sessions.waitForSession(id, { until: goal === 'ready' ? WaitTarget.Ready : WaitTarget.Stopped })),
    list: query => answer(api.sessions.listSessions(query)),
    logs: async id => {
      const { data, ...rest } = await answer(api.sessions.listLogLines(id))
      return { ...rest, data: data?.items.map(({ line }) => line) }
    },
    stop: id => answer(api.sessions.stopSession(id)),
    history: async query => {
      const { data, ...rest } = await answer(api.events.listEvents(query))
      return { ...rest, data: data?.items.map(tell) }
    },
    app: id => answer(api.apps.getApp(id)),
    explain: code => answer(api.problems.getProblemType(code, { format: 'text' }))
  }
}
