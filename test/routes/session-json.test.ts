import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { openWebSocket } from '../clients.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const isSession = (value: unknown): value is Session =>
  typeof value === 'object' && value !== null && 'createdAt' in value

/** Calls `action`, and counts the sessions that are made into JSON meanwhile, alone or within something else. */
async function sessionsSerialized(action: () => Promise<unknown>): Promise<string[]> {
  const { stringify } = JSON
  const states: string[] = []
  JSON.stringify = (value: unknown, ...rest: never[]) => {
    const parts = [value, ...Object.values((value as object | null) ?? {})].flat()
    for (const part of parts) if (isSession(part)) states.push(part.state)
    return stringify(value, ...rest)
  }
  try {
    await action()
  } finally {
    JSON.stringify = stringify
  }
  return states
}

t.test('a session is made into JSON once for each change, whoever gets it and however often', async t => {
  const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 600') } })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const clients = await Promise.all([openWebSocket(t, url), openWebSocket(t, url)])
  const bodies: string[] = []
  const get = async (path: string) => bodies.push((await fastify.inject(path)).body)
  const states = await sessionsSerialized(async () => {
    const { id } = await launch(fastify, 'steady')
    await until(fastify, id, 'ready')
    for (const path of ['/sessions', '/sessions', `/sessions/${id}`]) await get(path)
    clients.push(await openWebSocket(t, url))
    await stop(fastify, id)
    await until(fastify, id, 'stopped')
    await get('/sessions')
  })
  t.same(
    states.filter(state => state !== 'starting' && state !== 'stopping'),
    ['running', 'running', 'stopped'],
    'and once more with its usage, which is not recorded'
  )
  // Also once when it has a pid, and once when the supervisor confirms the stop.
  t.ok(states.filter(state => state === 'starting').length <= 2, `${states}`)
  t.ok(states.filter(state => state === 'stopping').length <= 2, `${states}`)
  const [list = '', again, body = ''] = bodies
  t.equal(again, list)
  const { usage, ...session } = JSON.parse(body)
  t.ok(usage)
  t.equal(list.slice(0, list.indexOf(']')), `{"items":[${JSON.stringify(session)}`)
  t.match(JSON.parse(list), { eventCursor: String })
})
