import t, { type Test } from 'tap'
import { GatewayClient, isStopped, LaunchFailed } from '../../clients/typescript/src/client.ts'
import { build, shell, until } from '../helper.ts'

const apps = {
  steady: shell('echo READY; exec sleep 60'),
  never: shell('exec sleep 60'),
  short: shell('echo READY; exit 0')
}

async function connect(t: Test) {
  const fastify = await build(t, { apps })
  return { fastify, gateway: new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) }) }
}

t.test('the end of a block stops its session and waits for it, also if the block throws', async t => {
  const { gateway } = await connect(t)
  const use = async () => {
    await using session = await gateway.run({ appId: 'steady', labels: { a: 'b' } })
    t.match(session.session, { id: session.id, state: 'running', labels: { a: 'b' } })
    t.match(await session.logs(), [{ line: 'READY' }])
    t.match(await session.logLines({ text: 'EAD' }), { items: [{ line: 'READY' }], lastSeq: 1 })
    t.match(await session.wait({ until: 'ready', waitMs: 0 }), { state: 'running' })
    throw new Error('of the block')
  }
  await t.rejects(use(), { message: 'of the block' })
  const session = await gateway.get(1)
  t.ok(isStopped(session) && session.stop.reason === 'terminated')
})

t.test('a session that ended by itself, or is no longer known, is left without an error', async t => {
  const { gateway } = await connect(t)
  {
    await using session = await gateway.run({ appId: 'short' })
    t.match(await session.waitUntilStopped(), { stop: { reason: 'exited' } })
  }
  await gateway.session(99)[Symbol.asyncDispose]()
})

t.test('a run that is given up leaves no session behind', async t => {
  const { gateway, fastify } = await connect(t)
  await t.rejects(gateway.run({ appId: 'never' }, { withinMs: 50 }), { name: 'TimeoutError' })
  t.match(await gateway.get(1), { state: 'stopped' })
  const controller = new AbortController()
  const run = gateway.run({ appId: 'never' }, { signal: controller.signal })
  while (fastify.registry.live.length === 0) await new Promise(setImmediate)
  controller.abort(new Error('enough'))
  await t.rejects(run, { message: 'enough' })
  t.match(await gateway.get(2), { state: 'stopped' })
  await t.rejects(gateway.run({ appId: 'never' }, { signal: AbortSignal.abort() }))
  t.equal((await gateway.list()).items.length, 2, 'nothing was launched')
})

t.test('waitUntilReady resolves for a session that was ready, and rejects for one that never was', async t => {
  const { gateway, fastify } = await connect(t)
  const { id } = await gateway.launch({ appId: 'short' })
  await until(fastify, id, 'stopped')
  t.match(await gateway.waitUntilReady(id), { state: 'stopped', readyAt: /./ })
  const never = gateway.session((await gateway.launch({ appId: 'never' })).id)
  const waiting = never.waitUntilReady()
  await never.stop()
  const error = await waiting.catch((error: unknown) => error)
  t.ok(error instanceof LaunchFailed)
  t.match(error, { session: { id: never.id, stop: { reason: 'terminated' } }, logTail: [] })
})

t.test('a handle follows its own session', async t => {
  const { gateway } = await connect(t)
  const { eventCursor } = await gateway.list()
  await gateway.launch({ appId: 'steady' })
  await using session = await gateway.run({ appId: 'steady' })
  const types: string[] = []
  void session.stop({ force: true, waitMs: 60_000 })
  for await (const { type, session: changed } of session.events({ since: eventCursor })) {
    t.equal(changed?.id, session.id)
    types.push(type)
    if (type === 'Stopped') break
  }
  t.same(types, ['Launched', 'AppReady', 'Stopping', 'Stopped'])
})
