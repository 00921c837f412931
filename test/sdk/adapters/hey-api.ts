import { createClient } from './generated/client/index.js'
import * as sdk from './generated/sdk.gen.js'
import type { Event, Problem } from './generated/types.gen.js'
import type { Answer, Connect } from './sdk.js'

interface Result<Data> {
  readonly response?: Response | undefined
  readonly data?: Data | undefined
  readonly error?: unknown
}

const answer = <Data>({ response, data, error }: Result<Data>): Answer<Data> => ({
  status: response?.status ?? 0,
  data,
  code: (error as Problem | undefined)?.code
})

const tell = ({ type, session }: Event) => `${type} ${session?.id}`

export const connect: Connect = (baseUrl, headers) => {
  const client = createClient({ baseUrl, headers })
  return {
    launch: async (body, { waitMs, ...headers } = {}) =>
      answer(await sdk.launchSession({ client, body, headers, query: waitMs === undefined ? {} : { waitMs } })),
    get: async id => answer(await sdk.getSession({ client, path: { id } })),
    wait: async (id, goal) => answer(await sdk.waitForSession({ client, path: { id }, query: { until: goal } })),
    list: async query => answer(await sdk.listSessions({ client, query })),
    logs: async id => {
      const { status, data, code } = answer(await sdk.listLogLines({ client, path: { id } }))
      return { status, code, data: data?.items.map(({ line }) => line) }
    },
    stop: async id => answer(await sdk.stopSession({ client, path: { id } })),
    history: async query => {
      const { status, data, code } = answer(await sdk.listEvents({ client, query }))
      return { status, code, data: data?.items.map(tell) }
    },
    app: async id => answer(await sdk.getApp({ client, path: { id } })),
    explain: async code => answer(await sdk.getProblemType({ client, path: { code }, parseAs: 'text' }))
  }
}
