import createClient from 'openapi-fetch'
import type { components, paths } from './generated/api.js'
import type { Answer, Connect } from './sdk.js'

interface Result<Data> {
  readonly response: Response
  readonly data?: Data
  readonly error?: components['schemas']['Problem']
}

const answer = <Data>({ response, data, error }: Result<Data>): Answer<Data> => ({
  status: response.status,
  data,
  code: error?.code
})

const tell = ({ type, session }: components['schemas']['Event']) => `${type} ${session?.id}`

export const connect: Connect = (baseUrl, headers) => {
  const client = createClient<paths>({ baseUrl, headers })
  return {
    launch: async (body, { waitMs, ...header } = {}) => {
      const query = waitMs === undefined ? {} : { waitMs }
      return answer(await client.POST('/sessions', { body, params: { header, query } }))
    },
    get: async id => answer(await client.GET('/sessions/{id}', { params: { path: { id } } })),
    wait: async (id, goal) =>
      answer(await client.GET('/sessions/{id}/wait', { params: { path: { id }, query: { until: goal } } })),
    list: async query => answer(await client.GET('/sessions', { params: { query } })),
    logs: async id => {
      const { status, data, code } = answer(await client.GET('/sessions/{id}/log-lines', { params: { path: { id } } }))
      return { status, code, data: data?.items.map(({ line }) => line) }
    },
    stop: async id => answer(await client.DELETE('/sessions/{id}', { params: { path: { id } } })),
    history: async query => {
      const { status, data, code } = answer(await client.GET('/events/history', { params: { query } }))
      return { status, code, data: data?.items.map(tell) }
    },
    app: async id => answer(await client.GET('/apps/{id}', { params: { path: { id } } })),
    explain: async code => answer(await client.GET('/problems/{code}', { params: { path: { code } }, parseAs: 'text' }))
  }
}
