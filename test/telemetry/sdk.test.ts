import t from 'tap'
import { openTelemetry } from '../../src/gateway/telemetry/open-telemetry.ts'
import { freePort } from '../deploy/files.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'
import { Collector } from './collector.ts'

const apps = { web: shell('echo READY; exec sleep 1000') }
const endpoint = 'http://127.0.0.1:9'

t.test('there are no traces unless a collector is named, and none is switched off', async t => {
  for (const env of [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' }
  ]) {
    t.equal(await openTelemetry(env), undefined, JSON.stringify(env))
  }
})

t.test('without a collector only the API is loaded', async t => {
  const hook = `import { registerHooks } from 'node:module'
    registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context) } })`
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` }
  const gateway = await GatewayProcess.start(t, { apps, env })
  const packages = gateway.log.matchAll(/node_modules\/(@opentelemetry\/[\w-]+|@fastify\/otel)/g)
  t.same(new Set([...packages].map(([, name]) => name)), new Set(['@opentelemetry/api']))
})

t.test('the variables of OpenTelemetry name the service and choose what is recorded', async t => {
  const collector = await Collector.start(t)
  const names = { OTEL_SERVICE_NAME: 'demo', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' }
  const gateway = await GatewayProcess.start(t, { apps, env: { ...collector.env, ...names } })
  await gateway.launch('web')
  await collector.traceOf('launch')
  t.match(collector.spans[0]?.resource, { 'service.name': 'demo', 'deployment.environment.name': 'test' })
  await gateway.configure({ apps, env: { ...collector.env, OTEL_TRACES_SAMPLER: 'always_off' } })
  await gateway.signal('SIGTERM')
  collector.spans.length = 0
  await gateway.start()
  await gateway.launch('web')
  t.equal(await gateway.signal('SIGTERM'), 0)
  t.same(collector.spans, [])
})

t.test('the last spans are exported when the gateway ends', async t => {
  const collector = await Collector.start(t)
  const env = { ...collector.env, OTEL_BSP_SCHEDULE_DELAY: '3600000' }
  const gateway = await GatewayProcess.start(t, { apps, env })
  await gateway.launch('web')
  t.same(collector.spans, [])
  await gateway.signal('SIGTERM')
  t.ok(await collector.traceOf('launch'))
})

t.test('a collector that does not answer is reported once, and so is that it answers again', async t => {
  const port = await freePort()
  const env = {
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_TIMEOUT: '100' },
    OTEL_BSP_SCHEDULE_DELAY: '10'
  }
  const gateway = await GatewayProcess.start(t, { apps, env })
  await gateway.launch('web')
  await gateway.untilLogged(/the collector does not take traces/)
  await gateway.launch('web')
  const collector = await Collector.start(t, port)
  await gateway.launch('web')
  await collector.traceOf('launch')
  await gateway.launch('web')
  await gateway.untilLogged(/"lostSpans":\d+,"msg":"the collector takes traces again"/)
  t.equal(gateway.log.split('does not take traces').length, 2)
})

t.test('an SDK that was loaded before is used as it is', async t => {
  const collector = await Collector.start(t)
  const sdk = `import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
    import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
    new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] }).register()`
  const loaded = `data:text/javascript,${encodeURIComponent(inPackages(sdk))}`
  const env = { ...collector.env, NODE_OPTIONS: `--import=${loaded}`, OTEL_SERVICE_NAME: 'unused' }
  const gateway = await GatewayProcess.start(t, { apps, env })
  await gateway.launch('web')
  await collector.traceOf('launch')
  t.notMatch(collector.spans[0]?.resource, { 'service.name': 'unused' })
})

/** A module of a data URL can import by a full address only. */
function inPackages(code: string): string {
  return code.replaceAll(/from '(@[^']+)'/g, (_, name) => `from '${import.meta.resolve(name)}'`)
}
