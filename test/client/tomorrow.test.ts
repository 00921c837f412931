import t, { type Test } from 'tap'
import {
  type Event,
  GatewayClient,
  GatewayProblem,
  isStopped,
  type Session
} from '../../clients/typescript/src/client.ts'
import openapi from '../../openapi.json' with { type: 'json' }
import { build, shell } from '../helper.ts'
import { serveTomorrow, valuesOfTomorrow } from '../sdk/tomorrow.ts'

const apps = { steady: shell('echo READY; exec sleep 60') }

async function connect(t: Test) {
  const fastify = await build(t, { apps })
  const gatewayUrl = await fastify.listen({ port: 0 })
  return new GatewayClient({ baseUrl: await serveTomorrow(t, gatewayUrl) })
}

async function ended(gateway: GatewayClient): Promise<Session> {
  const { id } = await gateway.launch({ appId: 'steady' }, { waitMs: 60_000 })
  return await gateway.stop(id, { waitMs: 60_000 })
}

t.test('there is a value of tomorrow for every open enumeration of the contract', async t => {
  const schemas = Object.entries<{ type: string; 'x-extensible-enum'?: string[] }>(openapi.components.schemas)
  const open = schemas.flatMap(([name, { 'x-extensible-enum': values }]) => (values ? [{ name, values }] : []))
  t.same(Object.keys(valuesOfTomorrow).sort(), open.map(({ name }) => name).sort())
  for (const { name, values } of open) {
    t.notOk(values.includes(valuesOfTomorrow[name as keyof typeof valuesOfTomorrow]), name)
  }
})

t.test('the client reads states and reasons that it does not know', async t => {
  const gateway = await connect(t)
  t.match(await ended(gateway), { state: 'stopped', stop: { reason: 'evicted', initiator: 'scheduler' } })
  const { id } = await gateway.launch({ appId: 'steady' }, { waitMs: 60_000 })
  const { items: listed } = await gateway.list()
  t.match(listed, [{ state: 'stopped', stop: { reason: 'evicted' } }, { state: 'suspended' }])
  t.same(listed.map(isStopped), [true, false])
  t.equal((await gateway.get(id)).state, 'suspended')
  t.equal((await gateway.waitUntilReady(id)).state, 'running')
})

t.test('the client reads problems, apps and rights that it does not know', async t => {
  const gateway = await connect(t)
  const error = await gateway.get(99).then(null, error => error)
  t.ok(error instanceof GatewayProblem)
  t.match(error, { code: 'quota-exceeded', status: 404 })
  t.equal((await gateway.app('steady')).readiness, 'grpc')
  t.match((await gateway.me()).scopes, ['read', 'launch', 'stop', 'inspect'])
})

t.test('the client reads pages of events that it does not know, or that are about no session', async t => {
  const gateway = await connect(t)
  await ended(gateway)
  const { items } = await gateway.history()
  t.same(items.map(about), ['Renewed 1', 'AppReady -', 'Stopping 1', 'Stopped 1'])
})

for (const transport of ['sse', 'websocket'] as const) {
  t.test(`the client goes on after an event that it does not know, over ${transport}`, async t => {
    const gateway = await connect(t)
    const { eventCursor } = await gateway.list()
    await ended(gateway)
    const seen: string[] = []
    for await (const event of gateway.events({ since: eventCursor, transport })) {
      seen.push(about(event))
      if (event.type === 'Stopped') break
    }
    t.same(seen, ['Renewed 1', 'AppReady -', 'Stopping 1', 'Stopped 1'])
  })
}

const about = ({ type, session }: Event) => `${type} ${session?.id ?? '-'}`
