import { statfs } from 'node:fs/promises'
import t from 'tap'
import { build, eventTypes, launch, shell, stop, until } from '../helper.ts'
import { tmpfs } from '../tmpfs.ts'

const mebibyte = 1_048_576

t.test('an app that floods its log leaves the reserve of the disk to the database', async t => {
  const disk = await tmpfs(t, '64m')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const reserveBytes = 4 * mebibyte
  const flood = shell('echo READY; head -c 134217728 /dev/zero | tr "\\0" "x" | fold -w 1000; echo; exec sleep 1000')
  const fastify = await build(t, {
    apps: { flood, quick: shell('echo READY; exec sleep 1000') },
    stateDir: `${disk}/state`,
    retention: { sessionLogMaxBytes: 1_024 * mebibyte, minFreeBytes: reserveBytes }
  })
  const { id } = await launch(fastify, 'flood')
  await until(fastify, id, 'ready')
  while (fastify.supervisor.logUsage.droppedBytes === 0) await new Promise(setImmediate)
  const { bavail, bsize } = await statfs(disk)
  t.ok(bavail * bsize > reserveBytes / 2, `${bavail * bsize} bytes are free`)
  const other = await launch(fastify, 'quick')
  t.match(await until(fastify, other.id, 'ready'), { state: 'running' })
  for (const session of [id, other.id]) {
    await stop(fastify, session)
    await until(fastify, session, 'stopped')
    t.same(await eventTypes(fastify, session), ['Launched', 'AppReady', 'Stopping', 'Stopped'])
  }
})
