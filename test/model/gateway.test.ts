import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { EventType } from '../../src/session/transition.ts'
import { build, eventTypes, launch, shell, spawners, stop, until } from '../helper.ts'
import { watchTurns } from './turns.ts'

/*
 * Random lives of sessions, against a model that is small enough to be seen to be right. An app does on its stdin-less own
 * what its script says; the client waits and stops in between. What the gateway says in the end must be what can come of it.
 */

interface Life {
  readonly app: keyof typeof apps
  readonly actions: readonly ('waitReady' | 'stop' | 'force' | 'stopTwice')[]
}

const apps = {
  steady: shell('echo READY; exec sleep 60'),
  silent: shell('exec sleep 60'),
  exits: shell('echo READY; exit 0'),
  crashes: shell('exit 3'),
  stubborn: shell("trap '' TERM; echo READY; while :; do sleep 0.1; done", { stopGraceMs: 100 }),
  family: shell('sleep 60 & echo READY; exec sleep 60'),
  timesOut: shell('exec sleep 60', { readyTimeoutMs: 100 })
}

const endsByItself = new Set<keyof typeof apps>(['exits', 'crashes', 'timesOut'])

const life = fc.record<Life>({
  app: fc.constantFrom(...(Object.keys(apps) as (keyof typeof apps)[])),
  actions: fc.array(fc.constantFrom('waitReady', 'stop', 'force', 'stopTwice'), { maxLength: 3 })
})

/** All that may come of a life: the reasons, and whether AppReady may or must be among the events. */
function expectation({ app, actions }: Life): { reasons: string[]; ready: 'never' | 'maybe' | 'always' } {
  const firstStop = actions.findIndex(action => action !== 'waitReady')
  const waits = actions.slice(0, firstStop === -1 ? undefined : firstStop).includes('waitReady')
  const isStopped = firstStop !== -1 || !endsByItself.has(app)
  const natural = { exits: 'exited', crashes: 'readyMissed', timesOut: 'readyTimeout' }[app as string]
  const canBeReady = !['silent', 'crashes', 'timesOut'].includes(app)
  const cutsShort = isStopped && (!natural || !waits || app === 'exits')
  return {
    reasons: [...(natural ? [natural] : []), ...(cutsShort ? ['terminated'] : [])],
    ready: !canBeReady ? 'never' : waits || firstStop === -1 ? 'always' : 'maybe'
  }
}

async function live(fastify: FastifyInstance, { app, actions }: Life): Promise<{ reason: string; events: string[] }> {
  const { id } = await launch(fastify, app)
  for (const action of actions) {
    // What never becomes ready would be waited for until the test's end.
    if (action === 'waitReady') await (app === 'silent' ? Promise.resolve() : until(fastify, id, 'ready'))
    else if (action === 'stopTwice') await Promise.all([stop(fastify, id), stop(fastify, id)])
    else await stop(fastify, id, action === 'force' ? '?force=true' : '')
  }
  if (!actions.some(action => action !== 'waitReady') && !endsByItself.has(app)) {
    if (app !== 'silent') await until(fastify, id, 'ready')
    await stop(fastify, id)
  }
  const session = await until(fastify, id, 'stopped')
  if (session.state !== 'stopped') throw new Error(`session ${id} of ${app} is ${session.state}`)
  return { reason: session.stop.reason, events: await eventTypes(fastify, id) }
}

const order: EventType[] = ['Launched', 'Starting', 'AppReady', 'Stopping', 'Stopped']

const settings = [...spawners.map(spawner => ({ spawner, maxStarting: 1_000 })), { maxStarting: 2 }]

for (const { maxStarting, ...options } of settings) {
  t.test(`random lives end as the model says (${JSON.stringify({ maxStarting, ...options })})`, async t => {
    const fastify = await build(t, { ...options, limits: { maxStarting }, apps })
    const turns = watchTurns(fastify, maxStarting)
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 12 }), async lives => {
        const results = await Promise.all(lives.map(each => live(fastify, each)))
        for (const [index, { reason, events }] of results.entries()) {
          const each = lives[index] as Life
          const { reasons, ready } = expectation(each)
          const told = `${JSON.stringify(each)} → ${reason} ${events}`
          if (!reasons.includes(reason)) throw new Error(`${told}; possible: ${reasons}`)
          if (events.includes('AppReady') && ready === 'never') throw new Error(`${told}; it can't be ready`)
          if (!events.includes('AppReady') && ready === 'always') throw new Error(`${told}; it was ready`)
          if (events.join() !== order.filter(type => events.includes(type)).join())
            throw new Error(`${told}; out of order`)
          if (events.at(-1) !== 'Stopped' || events[0] !== 'Launched') throw new Error(`${told}; incomplete`)
        }
        if (turns.faults.length > 0) throw new Error(turns.faults.join('; '))
      }),
      { numRuns: 25 }
    )
    t.pass('25 runs of up to 12 concurrent lives')
  })
}
