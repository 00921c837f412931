import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { LogLine } from '../../src/session-log/record.ts'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'
import { peakMemoryKib } from './watch.ts'

const mebibyte = 1_048_576
const maxLogBytes = mebibyte

/** What an app of these tests may add to the supervisor's memory, in KiB: more than Node's garbage, less than the output. */
const memoryAllowanceKib = 80 * 1024

async function logOf(fastify: FastifyInstance, id: number, query = ''): Promise<LogLine[]> {
  const headers = { accept: 'application/x-ndjson' }
  const { body } = await fastify.inject({ url: `/sessions/${id}/logs?tail=1000${query}`, headers })
  return body
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
    .filter(record => 'line' in record)
}

function bytesOnDisk(fastify: FastifyInstance, id: number): number {
  const folder = fastify.gateway.sessionLog(fastify.gateway.sessions.get(id)).folder
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

for (const spawner of spawners) {
  t.test(spawner, async t => {
    const fastify = await build(t, {
      spawner,
      retention: { sessionLogMaxBytes: maxLogBytes },
      apps: {
        lines: shell('echo READY; yes "a line of an app that talks" | head -c 104857600 && echo done >&2 && exit 5'),
        blob: shell('echo READY; head -c 104857600 /dev/zero && echo done >&2 && exit 5'),
        both: shell('yes err | head -c 20971520 >&2 & yes out | head -c 20971520; wait; echo READY; exec sleep 60'),
        crash: shell('echo first; echo last words >&2; printf "no newline"; exit 3'),
        broken: shell(
          'printf "\\377\\376 bytes\\n"; printf "\\377 bytes\\n" >&2; echo after >&2; echo READY; exec sleep 60'
        ),
        pieces: shell('printf "one "; sleep 0.1; printf "line"; sleep 0.1; echo; echo READY; exec sleep 60'),
        long: shell('head -c 100000 /dev/zero | tr "\\0" x; echo; echo READY; exec sleep 60')
      }
    })
    const supervisorPid = () => fastify.supervisor.welcome?.pid as number
    const stopped = async (appId: string) => {
      const { id } = await launch(fastify, appId)
      const session = await until(fastify, id, 'ready')
      if (session.state === 'running' && !['lines', 'blob'].includes(appId)) await stop(fastify, id)
      return await until(fastify, id, 'stopped')
    }

    for (const appId of ['lines', 'blob']) {
      t.test(
        `D18, D20: an app that writes 100 MiB of ${appId} after READY neither blocks nor dies, and costs little`,
        async t => {
          const before = peakMemoryKib(supervisorPid())
          const session = await stopped(appId)
          t.match(session, { readyAt: /Z/, stop: { reason: 'exited', exitCode: 5, signalsSent: [] } })
          t.ok(peakMemoryKib(supervisorPid()) - before < memoryAllowanceKib, 'memory is bounded')
          t.ok(bytesOnDisk(fastify, session.id) <= maxLogBytes, 'the log is bounded')
          t.match((await logOf(fastify, session.id, '&stream=stderr')).at(-1), { stream: 'stderr', line: 'done' })
        }
      )
    }

    t.test('D19: an app that writes 20 MiB to each stream before READY gets ready', async t => {
      t.match(await stopped('both'), { readyAt: /Z/, stop: { reason: 'terminated' } })
    })

    t.test('D21: invalid UTF-8 ends neither the reading nor the log', async t => {
      const { id } = await stopped('broken')
      const lines = (await logOf(fastify, id)).map(({ stream, line }) => `${stream}: ${line}`)
      t.same(lines.sort(), ['stderr: after', 'stderr: \ufffd bytes', 'stdout: READY', 'stdout: \ufffd\ufffd bytes'])
    })

    t.test('the last words of an app that crashes are in its log, with or without newline', async t => {
      const { id } = await stopped('crash')
      const lines = (await logOf(fastify, id)).map(({ stream, line }) => `${stream}: ${line}`)
      t.same(lines.sort(), ['stderr: last words', 'stdout: first', 'stdout: no newline'])
    })

    t.test('D42: a line written in pieces is one line', async t => {
      const { id } = await stopped('pieces')
      t.same(
        (await logOf(fastify, id)).map(({ line }) => line),
        ['one line', 'READY']
      )
    })

    t.test('D20: a line of more than 64 KiB is cut, and its record says by how much', async t => {
      const { id } = await stopped('long')
      const [first] = await logOf(fastify, id)
      t.match(first, { seq: 1, stream: 'stdout', cutBytes: 100_000 - 65_536 })
      t.equal(first?.line, 'x'.repeat(65_536))
    })
  })
}
