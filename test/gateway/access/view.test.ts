import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { ndjson } from '../../../routes/events/stream.ts'
import { Principal } from '../../../src/gateway/access/principal.ts'
import { View } from '../../../src/gateway/access/view.ts'
import { build, launch, shell, until } from '../../helper.ts'

const idle = shell('echo secret; echo READY; exec sleep 1000')

/** A gateway with a session of `theirs`, and what a principal of `ours` sees of it. */
async function gateway(t: Test) {
  const fastify = await build(t, { apps: { theirs: idle, ours: idle } })
  const { id } = await launch(fastify, 'theirs')
  await until(fastify, id, 'ready')
  const principal = new Principal({ name: 'ours', scopes: ['read', 'launch', 'stop'], apps: ['ours'] })
  return { fastify, id, principal, view: new View(fastify.gateway, principal) }
}

const missing = { code: 'session-not-found' }
const query = { limit: 100, order: 'oldest' } as const

/** Everything that a view offers of a session or an app that it does not show. */
const reads: Record<string, (view: View, id: number) => unknown> = {
  app: view => view.app('theirs'),
  launch: view => view.launch({ appId: 'theirs' }),
  attempt: view => view.attempt('key', { appId: 'theirs' }),
  session: (view, id) => view.session(id),
  waitUntil: (view, id) => view.waitUntil(id, () => true, {}),
  terminate: (view, id) => view.terminate(id, { reason: 'terminated', initiator: 'client' }, {}),
  log: (view, id) => view.log(id)
}

for (const [name, read] of Object.entries(reads)) {
  t.test(`${name}: what is of another app is not there`, async t => {
    const { id, view } = await gateway(t)
    await t.rejects(
      async () => await read(view, id),
      name === 'app' || name === 'launch' || name === 'attempt' ? { code: 'app-not-found' } : missing
    )
  })
}

t.test('lists, history and streams have only what is of the own apps', async t => {
  const { fastify, view } = await gateway(t)
  t.same(
    view.apps.map(({ id }) => id),
    ['ours']
  )
  t.same((await view.sessions(query)).items, [])
  t.same((await view.sessions({ ...query, appIds: ['theirs'] })).items, [])
  t.same((await view.events.history({ query: {}, limit: 100 })).items, [])
  t.same((await view.events.history({ query: { appIds: ['theirs'] }, limit: 100 })).items, [])
  const told = await follow(fastify, view)
  t.match(told.shift(), /"Hello"/)
  t.match(told.shift(), /"Snapshot".*"sessions":\[\]/)
  t.match(told.shift(), /"Launched".*"ours"/, 'and nothing of the launch of theirs in between')
})

/** What a stream tells while an app that is seen is launched after one that is not. */
async function follow(fastify: FastifyInstance, view: View): Promise<string[]> {
  const told: string[] = []
  const gone = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const { transport, encode, heartbeatMs } = ndjson
  const sink = {
    ...{ transport, encode, heartbeatMs, closed: gone.signal, waitingBytes: 0 },
    write: (bytes: Buffer) => {
      told.push(...String(bytes).trimEnd().split('\n'))
      if (told.length === 2) resolve()
    },
    ...{ drained: async () => {}, evict() {}, end() {}, revoke() {} }
  }
  view.events.follow({ sink, query: {} })
  await promise
  await launch(fastify, 'theirs')
  const { id } = await launch(fastify, 'ours')
  await until(fastify, id, 'ready')
  while (told.length < 3) await new Promise(setImmediate)
  gone.abort()
  return told
}

t.test('a principal has only so many streams open, and room again when one has ended', async t => {
  const principal = new Principal({ name: 'ours', scopes: ['read'], apps: ['*'] })
  const [close] = [principal.openStream(2), principal.openStream(2)]
  t.throws(() => principal.openStream(2), { code: 'rate-limited' })
  close?.()
  close?.()
  principal.openStream(2)
  t.throws(() => principal.openStream(2), { code: 'rate-limited' })
  for (let index = 0; index < 5; index++) principal.openStream(0)
})
