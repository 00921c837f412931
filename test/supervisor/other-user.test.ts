import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const isRoot = process.geteuid?.() === 0

/** The lines of an app that prints them and is ready then. */
async function linesOf(fastify: Awaited<ReturnType<typeof build>>, appId: string, stream = 'stdout') {
  const { id } = await launch(fastify, appId)
  const session = await until(fastify, id, 'stopped')
  const { body } = await fastify.inject(`/sessions/${id}/logs?stream=${stream}`)
  return { id, session, lines: body.split('\n').filter(Boolean) }
}

const job = { kind: 'job' } as const

async function programs(t: Test) {
  const folder = await temporaryFolder(t)
  await chmod(folder, 0o755)
  const file = async (name: string, text: string, mode: number) => {
    const path = join(folder, name)
    await writeFile(path, text)
    await chmod(path, mode)
    return path
  }
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  await writeFile(join(closed, 'program'), '#!/bin/sh\n', { mode: 0o755 })
  const ofGroup = await file('of-group', '#!/bin/sh\nid -g\n', 0o750)
  await chown(ofGroup, 0, 1)
  return {
    closed: join(closed, 'program'),
    ofGroup,
    ofRoot: await file('of-root', '#!/bin/sh\n', 0o700),
    noInterpreter: await file('no-interpreter', '#!/no/such/interpreter\n', 0o755),
    noScript: await file('no-script', 'echo text\n', 0o755)
  }
}

for (const spawner of spawners) {
  t.test(`${spawner}: an app of another user`, { skip: !isRoot && 'needs root' }, async t => {
    const files = await programs(t)
    const as = { user: 'nobody', ...job }
    const fastify = await build(t, {
      spawner,
      apps: {
        who: shell('id -u; id -g; echo "$HOME $USER $LOGNAME"; umask; exec cat /proc/self/status', as),
        own: shell('echo "$HOME $USER"', { ...as, env: { HOME: '/its/own' } }),
        number: shell('id -u; id -G', { user: '4294967', ...job }),
        group: shell('id -u; id -g', { ...job, group: 'daemon' }),
        both: { ...as, group: 'daemon', command: [files.ofGroup] },
        umask: shell('umask; id -u', { ...job, umask: '027' }),
        same: shell('cat /proc/$$/comm; echo "$HOME"', { ...job, user: 'root' }),
        preload: shell('exec 3<&0; echo "$LD_PRELOAD"', { ...as, env: { LD_PRELOAD: '/no/such.so', A: 'b c' } }),
        ready: shell('exec sleep 60', {
          user: 'nobody',
          ready: { command: ['sh', '-c', 'test "$(id -un)" = nobody'] }
        }),
        tree: shell('echo READY; setsid sleep 60 & exec sleep 60', { user: 'nobody' }),
        unknown: { ...job, user: 'no-such-user', command: ['true'] },
        ofRoot: { ...as, command: [files.ofRoot] },
        closed: { ...as, command: [files.closed] },
        noInterpreter: { ...as, command: [files.noInterpreter] },
        noScript: { ...as, command: [files.noScript] },
        missing: { ...as, command: ['no-such-program'] }
      }
    })

    await t.test('has its ids, groups, home and names, and no capabilities', async t => {
      const { lines } = await linesOf(fastify, 'who')
      t.same(lines.slice(0, 4), ['65534', '65534', '/nonexistent nobody nobody', '0022'])
      t.match(lines.find(line => line.startsWith('Groups:'))?.trim(), /^Groups:\s+65534$/)
      t.match(
        lines.find(line => line.startsWith('CapEff:')),
        /^CapEff:\s+0+$/
      )
      t.same((await linesOf(fastify, 'own')).lines, ['/its/own nobody'])
      t.same((await linesOf(fastify, 'number')).lines, ['4294967', '4294967'])
    })
    await t.test('can have another group, and a umask', async t => {
      t.same((await linesOf(fastify, 'group')).lines, ['0', '1'])
      t.same((await linesOf(fastify, 'both')).lines, ['1'])
      t.same((await linesOf(fastify, 'umask')).lines, ['0027', '0'])
      t.same((await linesOf(fastify, 'who')).lines[3], '0022', 'which is not that of the next one')
    })
    await t.test('is started as always if the user is that of the gateway', async t => {
      t.same((await linesOf(fastify, 'same')).lines, ['sh', '/root'])
    })
    await t.test('gets variables that change what a program loads only once it is that user', async t => {
      const { id, lines } = await linesOf(fastify, 'preload')
      t.same(lines, ['/no/such.so'])
      const { body } = await fastify.inject(`/sessions/${id}/logs?stream=stderr`)
      t.equal(body.match(/such\.so/g)?.length, 1, 'by sh alone')
    })
    await t.test('is ready when a command of the same user says so, and stops with its whole tree', async t => {
      for (const appId of ['ready', 'tree']) {
        const { id } = await launch(fastify, appId)
        t.match(await until(fastify, id, 'ready'), { state: 'running' }, appId)
        await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } }, appId)
      }
    })
    await t.test('that can not be started is told by the name of its own program', async t => {
      for (const [appId, message] of [
        ['unknown', "there is no user 'no-such-user' in /etc/passwd"],
        [
          'ofRoot',
          `${files.ofRoot} can't be run by the user nobody: the permissions of ${files.ofRoot} do not allow it`
        ],
        ['closed', /program can't be run by the user nobody: the permissions of .*\/closed do not allow it$/],
        ['noInterpreter', /no-interpreter needs the interpreter \/no\/such\/interpreter, which is not there/],
        ['noScript', /no-script can't be run: its first line names no interpreter, .*: exec format error/],
        ['missing', /there is no program 'no-such-program' on the PATH/]
      ] as const) {
        const { session } = await linesOf(fastify, appId)
        t.match(session, { stop: { reason: 'spawnFailed', message } }, appId)
      }
    })
  })
}
