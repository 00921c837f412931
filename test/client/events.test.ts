import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import {
  type ConnectionStatus,
  type Event,
  type Gap,
  GapError,
  GatewayClient,
  type Session
} from '../../clients/typescript/src/client.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const apps = { steady: shell('echo READY; exec sleep 60') }
const backoff = { firstDelayMs: 20, maxDelayMs: 200 }

t.test('a loop over events misses none and has none twice over restarts and kills of the gateway', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  // The address of a gateway that starts again is another one here.
  const client = new GatewayClient({
    fetch: (url, init) => fetch(String(url).replace(/^http:..[^/]+/, gateway.url), init)
  })
  const seen: Event[] = []
  const statuses: ConnectionStatus[] = []
  const { eventCursor } = await client.list()
  const following = (async () => {
    const options = { since: eventCursor, backoff, onStatus: (status: ConnectionStatus) => statuses.push(status) }
    for await (const event of client.events(options)) {
      seen.push(event)
      if (event.type === 'Stopped' && event.session?.labels.last) return
    }
  })()
  const connected = () => statuses.filter(({ state }) => state === 'live').length
  for (const [index, signal] of (['SIGKILL', 'SIGTERM', 'SIGKILL'] as const).entries()) {
    await client.launch({ appId: 'steady' }, { waitMs: 60_000 })
    while (connected() <= index) await pause(10)
    await gateway.signal(signal)
    await gateway.start()
    await client.launch({ appId: 'steady' })
  }
  const { id } = await client.launch({ appId: 'steady', labels: { last: 'yes' } }, { waitMs: 60_000 })
  await client.stop(id)
  await following
  const resumed = statuses.flatMap(status => (status.state === 'live' ? [status.resumed ?? -1] : []))
  t.ok(resumed.length >= 3)
  t.ok(
    resumed.every(count => count >= 0 && count <= seen.length),
    `resumed with ${resumed}`
  )
  t.ok(statuses.filter(({ state }) => state === 'waiting').length >= 3)
  const all = await gateway.events()
  t.same(
    seen.map(({ id }) => id),
    all.slice(0, seen.length).map(({ id }) => id)
  )
  t.equal(seen.length, all.length)
})

t.test('a loop that is too slow is closed by the gateway, comes back, and has everything once', async t => {
  const fastify = await build(t, { apps: { ...apps, nothing: { command: ['/no/such/program'] } } })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const labels = Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`label-${n}`, 'x'.repeat(256)]))
  const seqs: number[] = []
  const states: string[] = []
  const since = (await client.list()).eventCursor
  await launch(fastify, 'nothing')
  for await (const { seq } of client.events({ since, backoff, onStatus: ({ state }) => states.push(state) })) {
    seqs.push(seq)
    while (fastify.gateway.feed.evicted.sse === 0) {
      const sessions = await Promise.all(Array.from({ length: 50 }, () => launch(fastify, 'nothing', { labels })))
      await Promise.all(sessions.map(({ id }) => until(fastify, id, 'stopped')))
    }
    if (seq === fastify.gateway.store.head) break
  }
  t.ok(states.includes('waiting'))
  t.same(
    seqs,
    Array.from(seqs, (_, index) => index + 1)
  )
})

t.test('what is lost is told: to onGap, or else as a GapError', async t => {
  const fastify = await build(t, { apps })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  await t.rejects(client.events({ since: 'other.7' }).next(), new GapError('other.7'))
  const told: unknown[] = []
  const options = {
    since: 'other.7',
    onGap: (gap: Gap) => told.push(gap),
    onSnapshot: (sessions: readonly Session[]) => told.push(...sessions.map(session => session.id))
  }
  const events = client.events(options)
  const next = events.next()
  await waitUntil(() => told.length === 2)
  t.match(told, [{ from: 'other.7', to: /^[\w-]+\.2$/ }, id])
  await stop(fastify, id)
  t.match(await next, { value: { type: 'Stopping', session: { id } } })
  await events.return()
})

t.test('without since the loop begins with a snapshot, and filters hold for it, too', async t => {
  const fastify = await build(t, { apps })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const [one, other] = [await launch(fastify, 'steady', { labels: { a: 'b' } }), await launch(fastify, 'steady')]
  for (const { id } of [one, other]) await until(fastify, id, 'ready')
  const { promise, resolve } = Promise.withResolvers<readonly Session[]>()
  const types = ['Stopped'] as const
  const events = client.events({ labels: { a: 'b' }, types, onSnapshot: resolve })
  const next = events.next()
  t.match(await promise, [{ id: one.id, state: 'running' }])
  for (const { id } of [other, one]) await stop(fastify, id, '?force=true')
  t.match(await next, { value: { type: 'Stopped', session: { id: one.id } } })
  await events.return()
  await waitUntil(() => fastify.gateway.feed.clients.sse === 0)
})

t.test('an aborted signal ends the loop, wherever it is', async t => {
  const fastify = await build(t, { apps })
  const baseUrl = await fastify.listen({ port: 0 })
  const ends = async (client: GatewayClient, abortWhen: (signal: () => void) => object) => {
    const controller = new AbortController()
    const options = abortWhen(() => controller.abort())
    for await (const _ of client.events({ ...options, signal: controller.signal })) t.fail('there is no event')
  }
  const client = new GatewayClient({ baseUrl })
  await ends(client, abort => ({ onSnapshot: () => abort() }))
  await ends(client, abort => ({ onSnapshot: () => setTimeout(abort, 50) }))
  const nowhere = new GatewayClient({ baseUrl: 'http://127.0.0.1:1' })
  await ends(nowhere, abort => ({
    onStatus: ({ state }: ConnectionStatus) => state === 'waiting' && setTimeout(abort, 20)
  }))
  for await (const _ of client.events({ signal: AbortSignal.abort() })) t.fail('there is no event')
  t.pass('without an error')
})

t.test('refusals end the loop; passing failures do not', async t => {
  const answers: Response[] = [problem('too-many-sessions', 429), problem('draining', 503), problem('forbidden', 403)]
  const fetch: typeof globalThis.fetch = async () => answers.shift() ?? Promise.reject(new TypeError('fetch failed'))
  const reasons: unknown[] = []
  const events = new GatewayClient({ fetch }).events({
    backoff,
    onStatus: status => void (status.state === 'waiting' && reasons.push(status.reason))
  })
  await t.rejects(events.next(), { name: 'GatewayProblem', code: 'forbidden' })
  t.match(reasons, [{ code: 'too-many-sessions' }, { code: 'draining' }])
})

t.test('what the functions of the caller throw ends the loop', async t => {
  const fastify = await build(t)
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const onSnapshot = () => {
    throw new TypeError('a fault of the caller')
  }
  await t.rejects(client.events({ onSnapshot }).next(), { message: 'a fault of the caller' })
})

function problem(code: string, status: number): Response {
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(JSON.stringify({ code, status, title: code, detail: '' }), { status, headers })
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate)
}

t.test('the next connection goes on from an id that came without an event', async t => {
  const asked: (string | null)[] = []
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://localhost').searchParams.get('since'))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(
      asked.length < 3
        ? `: \nid: e.${asked.length + 8}\n\n`
        : 'id: e.12\ndata: {"id":"e.12","type":"Stopped","seq":12}\n\n'
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const client = new GatewayClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const { value } = await client.events({ since: 'e.1', backoff }).next()
  t.match(value, { type: 'Stopped', seq: 12 })
  t.same(asked, ['e.1', 'e.9', 'e.10'])
})
