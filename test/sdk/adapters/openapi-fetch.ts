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

/** Compiles only where `type` tells the events apart. */
function tell(event: components['schemas']['Event']): string {
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
  const client = createClient<paths>({ baseUrl, headers })
  return {
    launch: async (body, header) => answer(await client.POST('/sessions', { body, params: { header: header ?? {} } })),
    get: async id => answer(await client.GET('/sessions/{id}', { params: { path: { id } } })),
    wait: async (id, goal) =>
      answer(await client.GET('/sessions/{id}/wait', { params: { path: { id }, query: { for: goal } } })),
    list: async query => answer(await client.GET('/sessions', { params: { query } })),
    logs: async id => answer(await client.GET('/sessions/{id}/logs', { params: { path: { id } }, parseAs: 'text' })),
    stop: async id => answer(await client.DELETE('/sessions/{id}', { params: { path: { id } } })),
    history: async query => {
      const { status, data, code } = answer(await client.GET('/events', { params: { query } }))
      return { status, code, data: typeof data === 'object' ? data.items.map(tell) : undefined }
    },
    app: async id => answer(await client.GET('/apps/{id}', { params: { path: { id } } })),
    explain: async code => answer(await client.GET('/problems/{code}', { params: { path: { code } }, parseAs: 'text' }))
  }
}
