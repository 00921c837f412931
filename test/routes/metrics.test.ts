import { writeFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import type { Sink } from '../../src/gateway/feed/sink.ts'
import { openNdjson, openSse, openWebSocket } from '../clients.ts'
import { tryKill } from '../gateway-process.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const runtime = new URL('../fixtures/runtime.sh', import.meta.url).pathname

const apps = {
  steady: shell('echo READY; exec sleep 600'),
  crashes: shell('echo READY; exit 3'),
  never: shell('exit 4'),
  absent: { command: ['/nowhere/at/all'] },
  loud: shell('seq 1 10000; exit 0')
}

type Samples = Readonly<Record<string, number>>

/** Every sample by its name and labels, as Prometheus would read it. */
async function scrape(fastify: FastifyInstance): Promise<Samples> {
  const { body } = await fastify.inject('/metrics')
  const lines = body.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))])
  )
}

async function scrapeUntil(fastify: FastifyInstance, isReached: (samples: Samples) => boolean): Promise<Samples> {
  for (;;) {
    const samples = await scrape(fastify)
    if (isReached(samples)) return samples
    await nextTurn()
  }
}

const ready = async (fastify: FastifyInstance, appId: string) =>
  await until(fastify, (await launch(fastify, appId)).id, 'ready')

const ended = async (fastify: FastifyInstance, appId: string) =>
  await until(fastify, (await launch(fastify, appId)).id, 'stopped')

t.test('the metrics are in the text format of Prometheus, each with help and type', async t => {
  const fastify = await build(t, { apps })
  const response = await fastify.inject('/metrics')
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8$/)
  const names = [...response.body.matchAll(/^# HELP (weft_\w+) .+\n# TYPE \1 (?:counter|gauge|histogram)$/gm)]
  t.same(names.map(([, name]) => name).sort(), [
    'weft_build_info',
    'weft_connections',
    'weft_connections_closed_total',
    'weft_event_clients',
    'weft_event_clients_evicted_total',
    'weft_event_clients_failed_total',
    'weft_events_total',
    'weft_launches_total',
    'weft_log_bytes_total',
    'weft_log_dropped_bytes_total',
    'weft_log_lines_lost_total',
    'weft_session_cpu_seconds_total',
    'weft_session_peak_rss_bytes',
    'weft_session_queue_seconds',
    'weft_session_ready_seconds',
    'weft_session_stop_seconds',
    'weft_session_unhealthy_total',
    'weft_sessions',
    'weft_stops_total',
    'weft_strays_total',
    'weft_supervisor_attachments_total',
    'weft_supervisor_up',
    'weft_unknown_sessions_total'
  ])
  t.match(await scrape(fastify), {
    [`weft_build_info{version="${packageJson.version}"}`]: 1,
    'weft_sessions{state="starting"}': 0,
    'weft_sessions{state="running"}': 0,
    'weft_sessions{state="stopping"}': 0,
    weft_supervisor_up: 1,
    weft_supervisor_attachments_total: 1,
    nodejs_eventloop_lag_seconds: Number,
    process_resident_memory_bytes: Number,
    process_open_fds: Number
  })
})

t.test('launches, ends and times are counted by app and reason', async t => {
  const fastify = await build(t, { apps })
  const { id } = await ready(fastify, 'steady')
  await ready(fastify, 'steady')
  t.match(await scrape(fastify), {
    'weft_launches_total{app_id="steady"}': 2,
    'weft_sessions{state="running"}': 2,
    'weft_events_total{type="Launched"}': 2,
    'weft_events_total{type="AppReady"}': 2,
    weft_session_ready_seconds_count: 2,
    weft_session_stop_seconds_count: 0
  })
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  for (const app of ['crashes', 'never', 'absent']) await ended(fastify, app)
  const samples = await scrape(fastify)
  t.match(samples, {
    'weft_stops_total{app_id="steady",reason="terminated"}': 1,
    'weft_stops_total{app_id="crashes",reason="exited"}': 1,
    'weft_stops_total{app_id="never",reason="readyMissed"}': 1,
    'weft_stops_total{app_id="absent",reason="spawnFailed"}': 1,
    'weft_launches_total{app_id="absent"}': 1,
    'weft_sessions{state="running"}': 1,
    'weft_events_total{type="Launched"}': 5,
    'weft_events_total{type="AppReady"}': 3,
    'weft_events_total{type="Stopping"}': 1,
    'weft_events_total{type="Stopped"}': 4,
    weft_session_ready_seconds_count: 3,
    weft_session_stop_seconds_count: 1
  })
  t.ok((samples.weft_session_ready_seconds_sum ?? 0) > 0)
  t.ok((samples.weft_session_stop_seconds_sum ?? 0) > 0)
})

t.test('ids that only clients know are no labels, and sessions are none', async t => {
  const fastify = await build(t, { apps, runtimeBin: runtime })
  for (const app of ['mine.one', 'mine.two', 'steady']) await ready(fastify, app)
  const { body } = await fastify.inject('/metrics')
  t.notMatch(body, /mine/)
  t.notMatch(body, /session_?id/i)
  t.match(await scrape(fastify), {
    'weft_launches_total{app_id="(runtime)"}': 2,
    'weft_launches_total{app_id="steady"}': 1
  })
})

t.test('the clients of events are counted by transport, while they are there', async t => {
  const fastify = await build(t, { apps })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const connects = [openWebSocket, openWebSocket, openSse, openNdjson]
  const clients = await Promise.all(connects.map(connect => connect(t, url)))
  await Promise.all(clients.map(client => client.until(({ type }) => type === 'Snapshot')))
  t.match(await scrape(fastify), {
    'weft_event_clients{transport="websocket"}': 2,
    'weft_event_clients{transport="sse"}': 1,
    'weft_event_clients{transport="ndjson"}': 1
  })
  for (const client of clients) client.leave()
  const isNobodyThere = (samples: Samples) =>
    ['websocket', 'sse', 'ndjson'].every(transport => samples[`weft_event_clients{transport="${transport}"}`] === 0)
  await scrapeUntil(fastify, isNobodyThere)
  t.equal((await scrape(fastify))['weft_event_clients_evicted_total{transport="websocket"}'], 0)
})

t.test('clients that were too slow are counted', async t => {
  const fastify = await build(t, { apps })
  await fastify.gateway.feed.serve({ sink: neverReading(t), filter: {} })
  await ended(fastify, 'never')
  const evicted = 'weft_event_clients_evicted_total{transport="sse"}'
  t.match(await scrapeUntil(fastify, metrics => metrics[evicted] === 1), {
    'weft_event_clients_evicted_total{transport="ndjson"}': 0,
    'weft_event_clients{transport="sse"}': 0
  })
})

t.test('a supervisor that is lost and replaced is seen', async t => {
  const fastify = await build(t, { apps })
  const { id } = await ready(fastify, 'steady')
  tryKill(fastify.supervisor.welcome?.pid as number)
  await scrapeUntil(fastify, ({ weft_supervisor_up }) => weft_supervisor_up === 0)
  await until(fastify, id, 'stopped')
  t.match(await scrape(fastify), {
    'weft_stops_total{app_id="steady",reason="supervisorLost"}': 1,
    'weft_sessions{state="running"}': 0,
    weft_supervisor_up: 1,
    weft_supervisor_attachments_total: 2
  })
})

t.test('what apps write is counted in bytes, what the disk did not take, too', async t => {
  const fastify = await build(t, { apps })
  const bytes = Array.from({ length: 10_000 }, (_, index) => `${index + 1}\n`).join('').length
  await ended(fastify, 'loud')
  const kept = await scrapeUntil(fastify, ({ weft_log_bytes_total }) => (weft_log_bytes_total ?? 0) >= bytes)
  t.equal(kept.weft_log_dropped_bytes_total, 0)

  const other = await build(t, { apps })
  await writeFile(other.gateway.stateFolder.logs, 'in the way')
  await ended(other, 'loud')
  const dropped = await scrapeUntil(other, samples => (samples.weft_log_dropped_bytes_total ?? 0) >= bytes)
  t.equal(dropped.weft_log_bytes_total, 0)
})

/** A client that has taken nothing of what it was sent. */
function neverReading(t: Test): Sink {
  const gone = new AbortController()
  t.teardown(() => gone.abort())
  return {
    transport: 'sse',
    encode: ({ json }) => Buffer.from(json),
    heartbeatMs: 0,
    write: () => {},
    waitingBytes: 2_000_000,
    drained: async () => {},
    evict: () => gone.abort(),
    end: () => {},
    closed: gone.signal
  }
}
