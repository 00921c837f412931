import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, eventTypes, launch, processesOf, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const minute = 60_000
const sh = (script: string) => ['sh', '-c', script]
const job = { kind: 'job' } as const
const twoRuns = { on: 'failure' as const, max: 1, windowMs: minute, backoffMs: 1, maxBackoffMs: 1, exceptExitCodes: [] }

/** Resolves when it is true; the test's own timeout is the limit. */
async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 10))
}

async function ended(fastify: FastifyInstance, appId: string) {
  const { id } = await launch(fastify, appId)
  const session = await until(fastify, id, 'stopped')
  return { session, log: (await fastify.inject(`/sessions/${id}/logs`)).body }
}

for (const spawner of spawners) {
  t.test(`${spawner}: commands before a start`, async t => {
    const folder = await temporaryFolder(t)
    const mark = (name: string) => join(folder, name)
    const hanging = `trap 'touch ${mark('asked')}; exit 0' TERM; touch ${mark('hangs')}; while :; do sleep 0.01; done`
    const fastify = await build(t, {
      spawner,
      apps: {
        ordered: shell('echo app; pwd; exit 0', {
          ...{ ...job, dir: 'session', env: { NAME: 'value' } },
          before: [sh('echo one; pwd; echo "$NAME {appId}"'), sh('echo two >&2')],
          after: [sh('echo three; pwd'), sh('echo four')]
        }),
        failing: shell('echo never', {
          before: [sh('echo fine'), sh('echo why; echo now >&2; exit 3'), sh('echo no')]
        }),
        killed: shell('echo never', { before: [sh('kill -9 $$')] }),
        missing: shell('echo never', { before: [['no-such-program', '-x']], restart: { ...twoRuns, max: 5 } }),
        late: shell('echo never', { before: [['sleep', '60']], readyTimeoutMs: 200 }),
        hangs: shell('echo never', { before: [sh(hanging)], stopGraceMs: minute }),
        deaf: shell('echo never', {
          before: [sh(`trap '' TERM; setsid sleep 60 & touch ${mark('deaf')}; while :; do sleep 0.01; done`)],
          stopGraceMs: minute
        }),
        leaves: shell(`until [ -e ${mark('daemon')} ]; do sleep 0.01; done; echo READY; exec sleep 60`, {
          before: [sh(`setsid -f sh -c 'touch ${mark('daemon')}; exec sleep 60'`), ['true']]
        }),
        hidden: shell(`until [ -e ${mark('hidden')} ]; do sleep 0.01; done; echo READY; exec sleep 60`, {
          before: [sh(`env -i /bin/sh -c 'touch ${mark('hidden')}; exec /bin/sleep 61' >/dev/null 2>&1 & sleep 0.7`)]
        }),
        again: shell('echo app; exit 1', {
          ready: { none: true },
          before: [sh('echo b')],
          after: [sh('echo a')],
          restart: twoRuns
        })
      }
    })

    await t.test('run in order, as the app does, with their output in its log', async t => {
      const { session, log } = await ended(fastify, 'ordered')
      t.match(session, { stop: { reason: 'completed', exitCode: 0 } })
      const lines = log.split('\n').filter(line => !/^(before|after): /.test(line))
      const [, dir] = lines
      t.same(lines.slice(0, -1), ['one', dir, 'value ordered', 'two', 'app', dir, 'three', dir, 'four'])
      t.match(log, 'before: sh -c echo two >&2')
    })
    await t.test('end the start if one fails, with its exit code, its name and its last lines', async t => {
      const { session, log } = await ended(fastify, 'failing')
      const message = 'before: sh -c echo why; echo now >&2; exit 3 exited with code 3; it wrote at last "why", "now"'
      t.match(session, { stop: { reason: 'startFailed', initiator: 'app', exitCode: 3, signalsSent: [], message } })
      t.notMatch(log, 'never')
      t.match((await ended(fastify, 'killed')).session, {
        stop: { reason: 'startFailed', signal: 'SIGKILL', message: /^before: .* was ended by SIGKILL$/ }
      })
    })
    await t.test('are told by name if they are missing, and not tried again', async t => {
      const { session } = await ended(fastify, 'missing')
      const message =
        /^before: there is no program 'no-such-program' on the PATH .*; a program that is missing is not tried/
      t.match(session, { run: 1, stop: { reason: 'startFailed', initiator: 'gateway', message } })
    })
    await t.test('have readyTimeoutMs together, and nothing of them is left then', async t => {
      const { session } = await ended(fastify, 'late')
      const message = 'before: sleep 60 did not end within 0.2 s'
      t.match(session, { stop: { reason: 'startFailed', initiator: 'gateway', signal: 'SIGTERM', message } })
    })
    await t.test('get the stop signal and the grace when the session is stopped', async t => {
      const { id } = await launch(fastify, 'hangs')
      await eventually(() => existsSync(mark('hangs')))
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', signalsSent: ['SIGTERM'] } })
      t.ok(existsSync(mark('asked')))
      t.same(await eventTypes(fastify, id), ['Launched', 'Stopping', 'Stopped'])
    })
    await t.test('are killed by a forced stop, with what has left their group', async t => {
      const { id } = await launch(fastify, 'deaf')
      await eventually(() => existsSync(mark('deaf')))
      await stop(fastify, id)
      await stop(fastify, id, '?force=true')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
    })
    await t.test('leave processes to the session, which end with it', async t => {
      for (const appId of ['leaves', 'hidden']) {
        const { id } = await launch(fastify, appId)
        t.match(await until(fastify, id, 'ready'), { state: 'running' }, appId)
        const key = fastify.gateway.registry.registrations.find(({ session }) => session.id === id)?.key as string
        if (appId === 'leaves') t.equal(processesOf(new Set([key])).length, 2)
        await stop(fastify, id)
        const { stop: end } = (await until(fastify, id, 'stopped')) as { stop?: { signals?: { count: number }[] } }
        t.match(end, { reason: 'terminated', signals: [{ signal: 'SIGTERM', count: 2 }] }, appId)
      }
    })
    await t.test('run again with each run, as do those after it', async t => {
      const { session, log } = await ended(fastify, 'again')
      t.match(session, { run: 2, stop: { reason: 'exited', exitCode: 1 } })
      t.same(log.match(/^(app|a|b)$/gm), ['b', 'app', 'a', 'b', 'app', 'a'])
    })
  })

  t.test(`${spawner}: commands after an end`, async t => {
    const file = join(await temporaryFolder(t), 'after')
    const after = [sh(`echo after >> ${file}`)]
    const fastify = await build(t, {
      spawner,
      apps: {
        notStarted: { command: ['no-such-program'], after },
        beforeFails: shell('echo never', { before: [['false']], after }),
        fails: shell('echo READY; exec sleep 60', {
          after: [sh('echo cleanup >&2; exit 4'), ['no-such-program'], ...after]
        }),
        hangs: shell('echo READY; exec sleep 60', {
          after: [sh(`touch ${file}.hangs; sleep 60`)],
          stopGraceMs: minute
        }),
        leaves: shell('echo READY; exec sleep 60', { after: [sh('setsid -f sleep 60')] })
      }
    })
    await t.test('run also if nothing was started', async t => {
      t.match((await ended(fastify, 'notStarted')).session, { stop: { reason: 'spawnFailed' } })
      t.match((await ended(fastify, 'beforeFails')).session, { stop: { reason: 'startFailed', exitCode: 1 } })
      t.equal(readFileSync(file, 'utf8'), 'after\nafter\n')
    })
    await t.test('tell that they failed, which changes neither the reason nor the next one', async t => {
      const { id } = await launch(fastify, 'fails')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      const fault = 'after: sh -c echo cleanup >&2; exit 4 exited with code 4; it wrote at last "cleanup"'
      t.match(await until(fastify, id, 'stopped'), {
        stop: {
          reason: 'terminated',
          signal: 'SIGTERM',
          message: new RegExp(`^${fault.replaceAll('.', '\\.')}; after: there is`)
        }
      })
      t.ok((await fastify.inject(`/sessions/${id}/logs`)).body.includes(fault))
      t.equal(readFileSync(file, 'utf8'), 'after\nafter\nafter\n')
    })
    await t.test('keep the session in stopping, are killed by a forced stop, and leave nothing', async t => {
      const { id } = await launch(fastify, 'hangs')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      await eventually(() => existsSync(`${file}.hangs`))
      t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'stopping' })
      await stop(fastify, id, '?force=true')
      t.match(await until(fastify, id, 'stopped'), {
        stop: { reason: 'terminated', message: /^after: .* did not end in/ }
      })
      const leaving = await launch(fastify, 'leaves')
      await until(fastify, leaving.id, 'ready')
      await stop(fastify, leaving.id)
      t.match(await until(fastify, leaving.id, 'stopped'), { stop: { survivors: 0 } })
    })
  })
}
