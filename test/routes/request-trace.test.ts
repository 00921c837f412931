import type { InjectOptions } from 'fastify'
import t from 'tap'
import { build, shell, until } from '../helper.ts'

const apps = { idle: shell('echo READY; exec sleep 1000') }

/** The log lines of a gateway, as they are written. */
function logged() {
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, logger: { level: 'debug', stream } }
}

t.test('every answer has the X-Request-Id of the request, or a new one', async t => {
  const { lines, logger } = logged()
  const fastify = await build(t, { apps, logger })
  const requests: InjectOptions[] = [
    { url: '/livez' },
    { url: '/sessions/99' },
    { url: '/nowhere' },
    { url: '/sessions/%zz' },
    { url: '/livez', headers: { host: 'evil.example' } },
    { method: 'OPTIONS', url: '/sessions' },
    { method: 'POST', url: '/sessions', payload: '{', headers: { 'content-type': 'application/json' } }
  ]
  const ids = new Set<unknown>()
  for (const request of requests) {
    const own = `My-request_${requests.indexOf(request)}.`
    const named = await fastify.inject({ ...request, headers: { ...request.headers, 'x-request-id': own } })
    t.equal(named.headers['x-request-id'], own, request.url as string)
    ids.add((await fastify.inject(request)).headers['x-request-id'])
  }
  t.equal(ids.size, requests.length)
  for (const id of ids) t.match(id, /^[\w-]{36}$/)
  for (const bad of ['', 'a b', 'a\tb', 'ä', 'x'.repeat(129), '<script>']) {
    const { headers } = await fastify.inject({ url: '/livez', headers: { 'x-request-id': bad } })
    t.match(headers['x-request-id'], /^[\w-]{36}$/, bad)
  }
  t.ok(
    lines.some(({ reqId }) => reqId === 'My-request_1.'),
    'the log has it, too'
  )
})

t.test('the log names the trace of a request, and of what became of the session it launched', async t => {
  const { lines, logger } = logged()
  const fastify = await build(t, { apps, logger })
  const [traceId, otherId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c']
  const traced = (id: string) => ({ traceparent: `00-${id}-00f067aa0ba902b7-01`, 'x-request-id': 'mine' })
  const payload = { appId: 'idle' }
  const { id } = (await fastify.inject({ method: 'POST', url: '/sessions', headers: traced(traceId), payload })).json()
  await until(fastify, id, 'ready')
  await fastify.inject({ method: 'DELETE', url: `/sessions/${id}`, headers: traced(otherId) })
  await until(fastify, id, 'stopped')
  const changes = lines.filter(
    ({ sessionId, msg }) => sessionId === id && /^(Launched|AppReady|Stopp)/.test(String(msg))
  )
  t.match(changes, [
    { msg: 'Launched', traceId, reqId: 'mine' },
    { msg: 'AppReady', traceId },
    { msg: 'Stopping', traceId: otherId, reqId: 'mine' },
    { msg: 'Stopped', traceId }
  ])

  lines.length = 0
  await fastify.inject({ url: '/sessions/99', headers: traced(traceId) })
  t.ok(lines.length > 0 && lines.every(line => line.traceId === traceId))
  lines.length = 0
  for (const traceparent of [
    '',
    'x',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `ff-${traceId}-00f067aa0ba902b7-01`
  ]) {
    await fastify.inject({ url: '/sessions/99', headers: { traceparent } })
  }
  t.ok(lines.length > 0 && lines.every(line => line.traceId === undefined))
})
