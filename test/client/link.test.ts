import t from 'tap'
import { type ConnectionStatus, GatewayClient } from '../../clients/typescript/src/client.ts'
import { build } from '../helper.ts'

const never = { firstDelayMs: 3_600_000, maxDelayMs: 3_600_000 }

t.test('a loop that waits says until when and why, and tries at once when it is told to', async t => {
  const fastify = await build(t)
  const baseUrl = await fastify.listen({ port: 0 })
  let isDown = true
  const client = new GatewayClient({
    baseUrl,
    fetch: (url, init) => (isDown ? Promise.reject(new TypeError('fetch failed')) : fetch(url, init))
  })
  const waiting = Promise.withResolvers<ConnectionStatus>()
  const live = Promise.withResolvers<ConnectionStatus>()
  const events = client.events({
    backoff: never,
    onStatus: status => {
      if (status.state === 'waiting') waiting.resolve(status)
      if (status.state === 'live') live.resolve(status)
    }
  })
  const next = events.next()
  t.match(await waiting.promise, { until: Date, reason: { name: 'ConnectionError' } })
  t.equal(events.status.state, 'waiting')
  isDown = false
  events.tryNow()
  t.same(await live.promise, { state: 'live' })
  await events.return()
  t.match(await next, { done: true })
  t.same(events.status, { state: 'closed' })
})

t.test('a loop that is left while it waits ends at once', async t => {
  const client = new GatewayClient({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
  const controller = new AbortController()
  const onStatus = ({ state }: ConnectionStatus) => state === 'waiting' && controller.abort()
  for await (const _ of client.events({ backoff: never, onStatus, signal: controller.signal })) t.fail('no event')
  t.pass('without an error')
})

t.test('an EventSource is told when to reconnect', async t => {
  const fastify = await build(t)
  const over = new AbortController()
  const url = `${await fastify.listen({ port: 0 })}/events`
  const { body } = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: over.signal })
  const { value } = (await body?.getReader().read()) ?? {}
  t.match(new TextDecoder().decode(value), /^retry: [12]\d{3}\n\n/)
  over.abort()
})
