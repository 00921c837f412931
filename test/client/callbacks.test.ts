import t from 'tap'
import { ConnectionError, type EventsOptions, GatewayClient } from '../../clients/typescript/src/client.ts'
import { build, launch, shell } from '../helper.ts'

const backoff = { firstDelayMs: 1, maxDelayMs: 1 }

/** As if the connection of a call that the function makes were broken: a new connection of the loop does not help. */
const error = new ConnectionError('of the caller')
const fail = () => {
  throw error
}

const callbacks: readonly (readonly [string, EventsOptions])[] = [
  ['onSnapshot', { onSnapshot: fail }],
  ['onGap', { since: 'other.1', onGap: fail }],
  ...(['connecting', 'gap', 'live'] as const).map(
    state =>
      [
        `onStatus with ${state}`,
        { since: state === 'gap' ? 'other.1' : undefined, onGap() {}, onStatus: told => told.state === state && fail() }
      ] as [string, EventsOptions]
  )
]

for (const transport of ['sse', 'websocket'] as const) {
  for (const [name, options] of callbacks) {
    t.test(
      `what ${name} throws ends the loop over ${transport}, even if it looks like a broken connection`,
      async t => {
        const client = new GatewayClient({ baseUrl: await (await build(t)).listen({ port: 0 }) })
        const events = client.events({ ...options, transport, backoff })
        t.equal(await events.next().catch(reason => reason), error)
        t.equal(events.status.state, 'closed')
      }
    )
  }
}

t.test('what onStatus throws while the loop waits ends it', async t => {
  const client = new GatewayClient({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
  const events = client.events({ backoff, onStatus: ({ state }) => state === 'waiting' && fail() })
  t.equal(await events.next().catch(reason => reason), error)
})

t.test('what onStatus throws ends the loop over a log', async t => {
  const fastify = await build(t, { apps: { app: shell('echo READY; exec sleep 60') } })
  const { id } = await launch(fastify, 'app')
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const lines = client.followLogs(id, { backoff, onStatus: ({ state }) => state === 'live' && fail() })
  t.equal(await lines.next().catch(reason => reason), error)
})

t.test('what is thrown into the loop from outside ends it', async t => {
  const client = new GatewayClient({ baseUrl: await (await build(t)).listen({ port: 0 }) })
  const events = client.events({ backoff })
  t.equal(await events.throw(error).catch(reason => reason), error)
  t.same(await events.next(), { done: true, value: undefined })
})
