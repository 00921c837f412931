import t from 'tap'
import { type ConnectionStatus, type Event, GapError, GatewayClient } from '../../clients/typescript/src/client.ts'
import { hashToken, newToken } from '../../src/gateway/access/token.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { build, launch, shell, until } from '../helper.ts'

const apps = { steady: shell('echo READY; exec sleep 60'), nothing: { command: ['/no/such/program'] } }
const backoff = { firstDelayMs: 20, maxDelayMs: 200 }
const transport = 'websocket'

t.test('over a WebSocket a loop misses none and has none twice over restarts and kills of the gateway', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const here = (url: string) => url.replace(/:..[^/]+/, gateway.url.replace('http', ''))
  class Redirected extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(here(url), protocols)
    }
  }
  const client = new GatewayClient({ fetch: (url, init) => fetch(here(String(url)), init), WebSocket: Redirected })
  const seen: Event[] = []
  const statuses: ConnectionStatus[] = []
  const { eventCursor: since } = await client.list()
  const following = (async () => {
    const onStatus = (status: ConnectionStatus) => statuses.push(status)
    for await (const event of client.events({ transport, since, backoff, onStatus })) {
      seen.push(event)
      if (event.type === 'Stopped' && event.session?.labels.last) return
    }
  })()
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    await client.launch({ appId: 'steady' }, { waitMs: 60_000 })
    await gateway.signal(signal)
    await gateway.start()
  }
  await client.launch({ appId: 'nothing', labels: { last: 'yes' } })
  await following
  const all = await gateway.events()
  t.same(
    seen.map(({ id }) => id),
    all.map(({ id }) => id)
  )
  t.ok(statuses.filter(({ state }) => state === 'waiting').length >= 2)
})

t.test('a WebSocket that is refused ends the loop with the problem, and a token gets in', async t => {
  const token = newToken()
  const fastify = await build(t, {
    apps,
    tokens: [{ name: 'a', hash: hashToken(token), scopes: ['read'], apps: ['*'] }]
  })
  const baseUrl = await fastify.listen({ port: 0 })
  const refused = new GatewayClient({ baseUrl, token: 'wrong' })
  await t.rejects(refused.events({ transport }).next(), { name: 'GatewayProblem', code: 'unauthorized' })
  const snapshot = Promise.withResolvers<readonly unknown[]>()
  const events = new GatewayClient({ baseUrl, token }).events({ transport, onSnapshot: snapshot.resolve })
  const next = events.next()
  t.same(await snapshot.promise, [])
  await events.return()
  t.match(await next, { done: true })
})

t.test('a parameter that is refused ends the loop over a WebSocket with the problem', async t => {
  const fastify = await build(t, { apps })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const refused = client.events({ transport, since: 'no cursor', backoff })
  await t.rejects(refused.next(), { name: 'GatewayProblem', code: 'invalid-request', message: /since/ })
})

t.test('a gap is told over a WebSocket, and filters hold', async t => {
  const fastify = await build(t, { apps })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  await t.rejects(client.events({ transport, since: 'other.7' }).next(), new GapError('other.7'))
  const { id } = await launch(fastify, 'steady', { labels: { a: 'b' } })
  await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  const { eventCursor } = await client.list()
  const [epoch] = eventCursor.split('.')
  const told: unknown[] = []
  const onStatus = ({ state, ...rest }: ConnectionStatus) => told.push(state === 'live' ? { ...rest } : state)
  const options = { transport, since: `${epoch}.0`, labels: { a: 'b' }, onStatus } as const
  const events = client.events(options)
  for (const type of ['Launched', 'AppReady']) t.match(await events.next(), { value: { type, session: { id } } })
  const next = events.next()
  while (told.length < 2) await new Promise(setImmediate)
  t.same(told, ['connecting', { resumed: 2 }], 'live although the newest events are others')
  await events.return()
  t.match(await next, { done: true })
})

t.test('a loop that is slower than its WebSocket reads all that came, and resumes', async t => {
  const fastify = await build(t, { apps })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const { eventCursor: since } = await client.list()
  const seqs: number[] = []
  const states: string[] = []
  await launch(fastify, 'nothing')
  const onStatus = ({ state }: ConnectionStatus) => states.push(state)
  for await (const { seq } of client.events({ transport, since, backoff, onStatus })) {
    seqs.push(seq)
    if (seq === 1) {
      for (let n = 0; n < 15; n++) {
        const sessions = await Promise.all(Array.from({ length: 50 }, () => launch(fastify, 'nothing')))
        await Promise.all(sessions.map(({ id }) => until(fastify, id, 'stopped')))
      }
    }
    if (seq === fastify.gateway.store.head) break
  }
  t.same(
    seqs,
    Array.from(seqs, (_, index) => index + 1)
  )
  t.ok(seqs.length > 1_000 && states.includes('waiting'))
})
