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
  const client = createClient({ baseUrl, headers })
  return {
    launch: async (body, headers) => answer(await sdk.launchSession({ client, body, headers: headers ?? {} })),
    get: async id => answer(await sdk.getSession({ client, path: { id } })),
    wait: async (id, goal) => answer(await sdk.waitForSession({ client, path: { id }, query: { for: goal } })),
    list: async query => answer(await sdk.listSessions({ client, query })),
    logs: async id => answer(await sdk.readLogs({ client, path: { id }, parseAs: 'text' })) as Answer<string>,
    stop: async id => answer(await sdk.stopSession({ client, path: { id } })),
    history: async query => {
      const { status, data, code } = answer(await sdk.streamEvents({ client, query }))
      return { status, code, data: typeof data === 'object' ? data.items.map(tell) : undefined }
    },
    app: async id => answer(await sdk.getApp({ client, path: { id } })),
    explain: async code => answer(await sdk.getProblemType({ client, path: { code }, parseAs: 'text' }))
  }
}
