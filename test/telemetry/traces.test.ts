import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'
import { Collector, type SpanOfTest, type SpanTree } from './collector.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${parentId}-01`

const error = 2

const apps = {
  web: shell('echo "context: $TRACEPARENT $TRACESTATE"; echo READY; exec sleep 1000'),
  own: shell('echo "$TRACEPARENT"; echo READY; exec sleep 1000', { env: { TRACEPARENT: 'own' }, clientEnv: [] }),
  crash: shell('exit 3'),
  held: shell('until [ -e "$WEFT_TEST_STATE/go" ]; do sleep 0.05; done; echo READY; exec sleep 1000')
}

const has = (name: string) => (spans: readonly SpanOfTest[]) => spans.some(span => span.name === name)
const hasAll = (spans: readonly SpanOfTest[]) => has('launch')(spans) && has('POST /sessions')(spans)

/** Names of spans, with those in them. */
const namesOf = ({ span, children }: SpanTree): unknown =>
  children.length === 0 ? label(span) : { [label(span)]: children.map(namesOf) }

const label = ({ name, attributes }: SpanOfTest) => (name === 'event' ? `event ${attributes['weft.event.type']}` : name)

const spansOf = ({ span, children }: SpanTree): readonly SpanOfTest[] => [span, ...children.flatMap(spansOf)]

const find = (tree: SpanTree, name: string) => spansOf(tree).find(span => label(span) === name) as SpanOfTest

const sessionOf = async (response: Promise<Response>) => (await (await response).json()) as Session

async function start(t: Parameters<typeof GatewayProcess.start>[0], settings: object = {}) {
  const collector = await Collector.start(t)
  const gateway = await GatewayProcess.start(t, { apps, env: collector.env, ...settings })
  const launch = (appId: string, headers: Record<string, string> = {}) =>
    gateway.call('/sessions?waitMs=60000', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ appId })
    })
  return { collector, gateway, launch }
}

t.test('a launch is one tree of spans, from the request to the event', async t => {
  const { collector, gateway, launch } = await start(t)
  const session = await sessionOf(launch('web', { traceparent, tracestate: 'vendor=x' }))
  const tree = await collector.tree(traceId, hasAll)
  t.strictSame(namesOf(tree), {
    'POST /sessions': [{ launch: ['admission', 'commit', 'event Launched', 'spawn', 'ready', 'event AppReady'] }]
  })
  const request = tree.span
  t.match(request, { parentSpanId: parentId, kind: 2, resource: { 'service.name': 'weft-gateway' } })
  t.match(request.attributes, {
    ...{ 'http.request.method': 'POST', 'http.route': '/sessions', 'url.path': '/sessions', 'url.query': /waitMs/ },
    'http.response.status_code': 201
  })
  t.match(find(tree, 'launch').attributes, {
    ...{ 'weft.app.id': 'web', 'weft.session.id': session.id, 'process.pid': Number }
  })
  for (const { name, startTimeUnixNano, endTimeUnixNano, status } of spansOf(tree)) {
    t.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano), name)
    t.not(status.code, error, name)
  }
  const log = await (await gateway.call(`/sessions/${session.id}/logs`)).text()
  t.match(log, `context: 00-${traceId}-${find(tree, 'launch').spanId}-01 vendor=x\n`, 'the app continues the trace')
})

t.test('a launch that fails is a tree of spans, with the reason', async t => {
  const { collector, launch } = await start(t)
  t.equal((await launch('crash', { traceparent })).status, 502)
  const tree = await collector.tree(traceId, hasAll)
  t.strictSame(namesOf(tree), {
    'POST /sessions': [{ launch: ['admission', 'commit', 'event Launched', 'spawn', 'ready', 'event Stopped'] }]
  })
  const attributes = { 'error.type': 'readyMissed', 'weft.stop.reason': 'readyMissed', 'process.exit.code': 3 }
  t.match(find(tree, 'launch'), { status: { code: error }, attributes })
  t.match(find(tree, 'ready'), { status: { code: error } })
  t.not(find(tree, 'spawn').status.code, error)
  t.match(tree.span, { status: { code: error }, attributes: { 'http.response.status_code': 502 } })
})

t.test('a launch that is refused ends with its admission, and is no error of the gateway', async t => {
  const { collector, launch } = await start(t)
  t.equal((await launch('absent', { traceparent })).status, 404)
  const tree = await collector.tree(traceId, hasAll)
  t.strictSame(namesOf(tree), { 'POST /sessions': [{ launch: ['admission'] }] })
  t.match(find(tree, 'admission'), { status: { code: error }, attributes: { 'error.type': 'app-not-found' } })
  t.not(tree.span.status.code, error)
})

t.test('the wait of a queued launch is a span, and its app gets the trace as well', async t => {
  const { collector, gateway, launch } = await start(t, { limits: { maxStarting: 1 } })
  const held = launch('held')
  await gateway.untilLogged(/"appId":"held"/)
  const queued = launch('web', { traceparent })
  await gateway.untilLogged(/"appId":"web"/)
  await writeFile(join(gateway.stateDir, 'go'), '')
  await held
  const { id } = await sessionOf(queued)
  const tree = await collector.tree(traceId, hasAll)
  const steps = ['admission', 'commit', 'event Launched', 'queue', 'event Starting', 'spawn', 'ready', 'event AppReady']
  t.strictSame(namesOf(tree), { 'POST /sessions': [{ launch: steps }] })
  t.match(await (await gateway.call(`/sessions/${id}/logs`)).text(), `00-${traceId}-${find(tree, 'launch').spanId}`)
})

t.test('the histograms have the trace of a launch as exemplar, in the format OpenMetrics only', async t => {
  const { gateway, launch } = await start(t)
  await launch('web', { traceparent })
  const scrape = async (accept: string) => await (await gateway.call('/metrics', { headers: { accept } })).text()
  const openMetrics = await scrape('application/openmetrics-text')
  t.match(openMetrics, new RegExp(`^weft_session_ready_seconds_bucket.* # \\{trace_id="${traceId}"\\} `, 'm'))
  t.match(openMetrics, /\n# TYPE weft_launches counter\nweft_launches_total\{app_id="web"\} 1\n/)
  t.match(openMetrics, /\n# EOF\n$/)
  const text = await scrape('text/plain')
  t.notMatch(text, 'trace_id')
  t.match(text, /\n# TYPE weft_launches_total counter\nweft_launches_total\{app_id="web"\} 1\n/)
})

t.test('a TRACEPARENT of the app’s own is left, and requests without a trace begin one', async t => {
  const { collector, gateway, launch } = await start(t)
  const { id } = await sessionOf(launch('own'))
  t.equal(await (await gateway.call(`/sessions/${id}/logs`)).text(), 'own\nREADY\n')
  const begun = await collector.tree(await collector.traceOf('launch'), hasAll)
  t.notOk(begun.span.parentSpanId)
  const lines = gateway.log
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.match(
    lines.find(({ msg }) => msg === 'Launched'),
    { traceId: begun.span.traceId }
  )
})

t.test('without a collector no app gets a trace, and nothing of the SDK is loaded', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const response = gateway.call('/sessions?waitMs=60000', {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: '{"appId":"web"}'
  })
  const { id } = await sessionOf(response)
  t.match(await (await gateway.call(`/sessions/${id}/logs`)).text(), /^context: {2}\nREADY\n$/)
})
