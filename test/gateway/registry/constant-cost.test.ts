import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build as buildApp } from '../../../src/app.ts'
import { configure, launch, shell, stop, until } from '../../helper.ts'

const liveSessions = 10_000

/** More members than any collection has that is not one of all sessions. */
const many = 5_000

/** Calls `action`, and counts the walks over large collections meanwhile. */
async function walksDuring(action: () => Promise<unknown>): Promise<string[]> {
  const walks: string[] = []
  const undo = [Map, Set].flatMap(({ name, prototype }) =>
    (['keys', 'values', 'entries', 'forEach', Symbol.iterator] as const).map(method => {
      const original = Object.getOwnPropertyDescriptor(prototype, method) as PropertyDescriptor
      const value = function (this: Map<unknown, unknown>, ...args: unknown[]) {
        if (this.size > many) walks.push(`${name}.${String(method)} of ${this.size}`)
        return original.value.apply(this, args)
      }
      Object.defineProperty(prototype, method, { ...original, value })
      return () => Object.defineProperty(prototype, method, original)
    })
  )
  try {
    await action()
  } finally {
    for (const restore of undo) restore()
  }
  return walks
}

async function wholeLife(fastify: FastifyInstance): Promise<void> {
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  await fastify.inject(`/sessions/${id}`)
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
}

t.test('a session costs as much beside ten thousand live ones as alone: nothing walks over all of them', async t => {
  const apps = { steady: shell('echo READY; exec sleep 600', { maxSessions: 2 }) }
  const limits = { maxSessions: 2 * liveSessions }
  const fastify = await buildApp({ config: await configure(t, { apps, limits }) })
  t.teardown(() => fastify.close())
  const { registry } = fastify.gateway
  const others = await Promise.all(
    Array.from({ length: liveSessions }, () => registry.register({ appId: 'other', labels: {} }))
  )
  t.equal(registry.counts.live, liveSessions)
  t.same(await walksDuring(async () => void registry.registrations.length), [`Map.values of ${liveSessions}`])
  t.same(await walksDuring(() => wholeLife(fastify)), [])
  const stopState = { reason: 'exited', initiator: 'app', signalsSent: [], survivors: 0 } as const
  const ended = { type: 'ended', time: Date.now(), stop: stopState } as const
  await Promise.all(others.map(({ session }) => registry.apply(session.id, ended)))
})
