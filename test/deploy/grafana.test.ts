import t from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'
import { Collector } from '../telemetry/collector.ts'
import { committed } from './files.ts'
import { skipWithoutPrograms } from './program.ts'
import { Prometheus, type Sample } from './prometheus.ts'

interface Target {
  readonly expr: string
  readonly refId: string
}

interface Panel {
  readonly id: number
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly Target[]
}

const { panels, templating } = JSON.parse(committed('grafana/weft-gateway.json')) as {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

const apps = {
  web: shell('echo READY; exec sleep 1000'),
  crash: shell('echo out; exit 3'),
  slow: shell('sleep 0.1; echo READY; exec sleep 1000')
}

/** As Grafana fills in the variables of the dashboard. */
const filled = (query: string) =>
  query.replaceAll('$job', 'weft-gateway').replaceAll('$instance', '.+').replaceAll('$__rate_interval', '20s')

t.test('each panel is of its own id and place, and each variable of a query is one of the dashboard', t => {
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`)
  )
  t.equal(new Set(cells).size, cells.length)
  const known = new Set(['__rate_interval', ...templating.list.map(({ name }) => name)])
  const used = committed('grafana/weft-gateway.json').matchAll(/\$\{?(\w+)/g)
  for (const [, name = ''] of used) t.ok(known.has(name) || name === '__all', name)
  t.end()
})

t.test('each query of the dashboard has data', skipWithoutPrograms('prometheus'), async t => {
  const collector = await Collector.start(t)
  const gateway = await GatewayProcess.start(t, { apps, limits: { maxStarting: 1 }, env: collector.env })
  const prometheus = await Prometheus.start(t, gateway)
  const missing = new Set(panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)))
  await prometheus.until(async () => {
    await runAll(gateway)
    for (const query of missing) if (hasData(await prometheus.query(filled(query)))) missing.delete(query)
    return missing.size === 0
  })
  t.same([...missing], [])

  const [labels] = await prometheus.exemplars('weft_session_ready_seconds_bucket')
  t.ok(
    collector.spans.some(({ traceId }) => traceId === labels?.trace_id),
    'an exemplar names the trace of a launch'
  )
})

/** Launches that succeed, fail and are queued. */
async function runAll(gateway: GatewayProcess): Promise<void> {
  const launch = async (appId: string) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ appId })
    return await gateway.call('/sessions?waitMs=60000', { method: 'POST', headers, body })
  }
  const launched = await Promise.all(['slow', 'web', 'crash'].map(launch))
  const ids = launched.flatMap(({ headers }) => headers.get('location') ?? [])
  await Promise.all(ids.map(path => gateway.call(`${path}?waitMs=60000`, { method: 'DELETE' })))
}

function hasData(samples: readonly Sample[] | undefined): boolean {
  return samples?.some(({ value }) => value[1] !== 'NaN') === true
}
