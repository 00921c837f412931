import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'
import { legalLife, watch } from './watch.ts'

const rounds = 200
const batch = 20

/** Runs `round` 200 times, twenty at a time. */
async function repeat(round: (index: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < rounds; first += batch) {
    await Promise.all(Array.from({ length: batch }, (_, index) => round(first + index)))
  }
}

/** Lets the two sides of a race start up to 20 ms apart, so that each of them wins some rounds. */
const spread = (index: number) => delay((index * 7) % 20)

const finish = async (fastify: FastifyInstance, id: number) => {
  await stop(fastify, id)
  return await until(fastify, id, 'stopped')
}

for (const spawner of spawners) {
  t.test(spawner, async t => {
    const fastify = await build(t, {
      spawner,
      defaults: { stopGraceMs: 60_000 },
      apps: {
        ready: shell('echo READY; exec sleep 60'),
        reluctant: shell('trap "echo READY; exit 0" TERM; echo set >&2; while :; do sleep 0.01; done'),
        stubborn: shell('trap "" TERM; echo READY; exec sleep 60'),
        crash: shell('exit 3'),
        fleeting: shell('printf READY'),
        punctual: shell('sleep 0.03; echo READY; exec sleep 60', { readyTimeoutMs: 35 }),
        ported: shell('echo READY {port}; exec sleep 60', { ready: { none: true } })
      }
    })
    const { life, processes } = watch(fastify)
    const { registry } = fastify

    t.test('D2, D3: a stop at the moment of READY never shows a session ready after it is stopping', async t => {
      await repeat(async index => {
        const { id } = await launch(fastify, 'ready')
        await spread(index)
        const session = await finish(fastify, id)
        t.match(session, { state: 'stopped', stop: { reason: 'terminated', initiator: 'client', survivors: 0 } })
        t.match(life(id), /^Launched(,AppReady)?,Stopping,Stopped$/)
        t.equal('readyAt' in session, life(id).includes('AppReady'))
        t.same(processes(id), [])
      })
    })

    t.test('READY as the answer to the stop signal comes too late', async t => {
      await repeat(async () => {
        const { id } = await launch(fastify, 'reluctant')
        await spread(0)
        t.match(await finish(fastify, id), { readyAt: undefined, stop: { reason: 'terminated', survivors: 0 } })
        t.equal(life(id), 'Launched,Stopping,Stopped')
      })
    })

    t.test('an exit before ready that races a stop ends once, with the code or by the signal', async t => {
      await repeat(async index => {
        const { id } = await launch(fastify, 'crash')
        await spread(index)
        const { stop } = (await finish(fastify, id)) as { stop?: object }
        t.match(stop, { reason: /^(readyMissed|terminated)$/, survivors: 0 })
        t.match(life(id), /^Launched(,Stopping)?,Stopped$/)
      })
    })

    t.test('READY without newline as the last words of an app counts, however soon it exits', async t => {
      await repeat(async () => {
        const { id } = await launch(fastify, 'fleeting')
        t.match(await until(fastify, id, 'stopped'), { readyAt: /Z/, stop: { reason: 'exited', exitCode: 0 } })
        t.equal(life(id), 'Launched,AppReady,Stopped')
      })
    })

    t.test('READY at the moment of the timeout makes a session running or stopped, never both', async t => {
      await repeat(async () => {
        const { id } = await launch(fastify, 'punctual')
        const session = await until(fastify, id, 'ready')
        if (session.state !== 'running')
          t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'readyTimeout' } })
        else t.match(await finish(fastify, id), { stop: { reason: 'terminated' } })
        t.match(life(id), /^Launched(,AppReady)?,Stopping,Stopped$/)
      })
    })

    t.test('two stops at once are one', async t => {
      await repeat(async () => {
        const { id } = await launch(fastify, 'ready')
        await until(fastify, id, 'ready')
        const answers = await Promise.all([stop(fastify, id), stop(fastify, id)])
        for (const answer of answers) t.match(answer, { id, state: /^(stopping|stopped)$/ })
        t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM'] } })
        t.equal(life(id), 'Launched,AppReady,Stopping,Stopped')
      })
    })

    t.test('a stop right after the spawn is not lost, though the program may not run yet', async t => {
      await repeat(async () => {
        const { id } = await launch(fastify, 'ready')
        const { pid, stop } = (await finish(fastify, id)) as { pid?: number; stop?: object }
        t.match(stop, pid === undefined ? { signalsSent: [] } : { signalsSent: ['SIGTERM'], signal: 'SIGTERM' })
        t.match(life(id), legalLife)
      })
    })

    t.test('D12: a stop in the turn of the launch leaves no process, spawned or not', async t => {
      const leave = registry.subscribe(({ type, sessionId, appId }) => {
        if (type === 'Launched' && appId === 'ported') {
          queueMicrotask(() => {
            void fastify.gateway.registry.terminate(sessionId, { reason: 'terminated', initiator: 'client' })
          })
        }
      })
      await repeat(async () => {
        const { id } = await launch(fastify, 'ported')
        const session = await until(fastify, id, 'stopped')
        t.match(session, { stop: { reason: 'terminated', signalsSent: 'pid' in session ? ['SIGTERM'] : [] } })
        t.equal(life(id), 'Launched,Stopping,Stopped')
        t.same(processes(id), [])
      })
      leave()
    })

    t.test('a forced stop shortens a graceful one, also in the same moment', async t => {
      await repeat(async index => {
        const { id } = await launch(fastify, 'stubborn')
        await until(fastify, id, 'ready')
        await Promise.all([stop(fastify, id), spread(index).then(() => stop(fastify, id, '?force=true'))])
        t.match(await until(fastify, id, 'stopped'), {
          stop: { signal: 'SIGKILL', signalsSent: /^(SIGTERM,)?SIGKILL$/ }
        })
        t.equal(life(id), 'Launched,AppReady,Stopping,Stopped')
      })
    })

    t.test('a stop of a stopped session changes nothing', async t => {
      const { id } = await launch(fastify, 'crash')
      const before = await until(fastify, id, 'stopped')
      for (const query of ['', '?force=true']) t.same(await stop(fastify, id, query), before)
      t.equal(life(id), 'Launched,Stopped')
    })
  })
}
