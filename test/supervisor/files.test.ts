import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const isRoot = process.geteuid?.() === 0
const job = { kind: 'job', dir: 'session' } as const
const twoRuns = { on: 'failure' as const, max: 1, windowMs: 60_000, backoffMs: 1, maxBackoffMs: 1, exceptExitCodes: [] }

async function ended(fastify: FastifyInstance, appId: string) {
  const { id } = await launch(fastify, appId)
  const session = await until(fastify, id, 'stopped')
  const { body } = await fastify.inject(`/sessions/${id}/logs?stream=stdout`)
  // Without those of the gateway.
  return { session, text: body.replaceAll(/^(before: |after: |run [0-9]).*\n/gm, '') }
}

for (const spawner of spawners) {
  t.test(`${spawner}: files of an app`, async t => {
    const folder = await temporaryFolder(t)
    chmodSync(folder, 0o755)
    const template = join(folder, 'app.conf.in')
    writeFileSync(template, 'port {port:admin} of {appId} {{ {unknown} $HOME\n')
    const precious = join(folder, 'precious')
    writeFileSync(precious, 'kept\n')
    const replaces = (what: string, target: string) => `cat ${what}; rm -rf ${what}; ln -s ${target} ${what}; exit 1`
    const fastify = await build(t, {
      spawner,
      apps: {
        plain: shell('stat -c %a a.conf b b/c b/c/d; cat a.conf b/c/d; ls -A', {
          ...job,
          files: { 'a.conf': { template }, 'b/c/d': { text: 'in {dir}\n' } }
        }),
        first: shell('cat a', { ...job, files: { a: { text: 'x\n' } }, before: [['sh', '-c', 'test -s a']] }),
        missing: shell('true', { ...job, files: { 'x.conf': { template: `${folder}/none.in` } } }),
        fileLink: shell(replaces('f', precious), {
          ...{ dir: 'session', ready: { none: true }, restart: twoRuns, files: { f: { text: 'own\n' } } }
        }),
        folderLink: shell(replaces('d', folder), {
          ...{ dir: 'session', ready: { none: true }, restart: twoRuns, files: { 'd/precious': { text: 'own\n' } } }
        }),
        folder: shell('mkdir -p f; exit 1', {
          ...{ dir: 'app', ready: { none: true }, files: { 'f/g': { text: '' } } }
        }),
        changes: shell(`cat f; echo second > ${template}.2; exit 1`, {
          ...{ dir: 'session', ready: { none: true }, restart: twoRuns, files: { f: { template: `${template}.2` } } }
        })
      }
    })

    await t.test('are written with their placeholders filled, for the user alone', async t => {
      const { session, text } = await ended(fastify, 'plain')
      const { ports } = session as { ports?: Record<string, number> }
      const lines = text.split('\n')
      t.same(lines.slice(0, 4), ['600', '700', '700', '600'])
      t.equal(lines[4], `port ${ports?.admin} of plain { {unknown} $HOME`)
      t.match(lines[5], /^in \/.*\/dirs\/session\//)
      t.same(lines.slice(6, -1), ['a.conf', 'b', 'tmp'], 'and nothing else')
    })
    await t.test('are there before the commands of before', async t => {
      t.equal((await ended(fastify, 'first')).text, 'x\n')
    })
    await t.test('end the start if a template is missing', async t => {
      const message = `files."x.conf": there is no such file: ${folder}/none.in, its template`
      t.match((await ended(fastify, 'missing')).session, { stop: { reason: 'spawnFailed', message } })
    })
    await t.test('are read and written again for each run', async t => {
      writeFileSync(`${template}.2`, 'first\n')
      t.equal((await ended(fastify, 'changes')).text, 'first\nsecond\n')
    })
    await t.test('are never written through a link that the app has put there', async t => {
      t.match(await ended(fastify, 'fileLink'), { session: { run: 2 }, text: 'own\nown\n' })
      t.match((await ended(fastify, 'folderLink')).session, {
        stop: {
          reason: 'spawnFailed',
          message: /^files: d\/precious can't be written into .*\/d is not a folder, or a link/
        }
      })
      t.equal(readFileSync(precious, 'utf8'), 'kept\n')
    })
  })

  t.test(`${spawner}: files of an app of another user`, { skip: !isRoot && 'needs root' }, async t => {
    const folder = await temporaryFolder(t)
    chmodSync(folder, 0o755)
    const others = join(folder, 'others')
    writeFileSync(others, 'of root\n', { mode: 0o644 })
    const as = { user: 'nobody', dir: 'app', ready: { none: true }, restart: twoRuns } as const
    const fastify = await build(t, {
      spawner,
      stateDir: folder,
      apps: {
        app: shell(`stat -c '%U %a' f d d/f; cat f; rm f; ln -s ${others} f; ln ${others} d/g; exit 1`, {
          ...as,
          files: { f: { text: 'own\n' }, 'd/f': { text: '' }, 'd/g': { text: 'own\n' } }
        }),
        commands: shell('true', { ...as, kind: 'job', before: [['id', '-un']], after: [['id', '-un']] })
      }
    })
    await t.test('are its own, and no file of another user is touched', async t => {
      const { session, text } = await ended(fastify, 'app')
      t.match(session, { run: 2, stop: { reason: 'exited' } })
      t.same(text, 'nobody 600\nnobody 700\nnobody 600\nown\n'.repeat(2))
      t.equal(readFileSync(others, 'utf8'), 'of root\n')
      t.match(statSync(others), { uid: 0, nlink: 1 })
    })
    await t.test('has commands that are of that user, too', async t => {
      t.equal((await ended(fastify, 'commands')).text, 'nobody\nnobody\n')
    })
  })

  t.test(`${spawner}: 200 sessions with files and commands leave nothing`, { timeout: 120_000 }, async t => {
    const stateDir = await temporaryFolder(t)
    const app = {
      dir: 'session' as const,
      files: { a: { text: '{sessionId}' } },
      command: ['/bin/sh', '-c', '[ $(cat a) = $0 ] && [ -e b ] && echo READY; exec sleep 300', '{sessionId}'],
      before: [['touch', 'b']],
      after: [['true']],
      readyTimeoutMs: 60_000
    }
    const fastify = await build(t, { spawner, stateDir, apps: { app }, limits: { maxStarting: 16 } })
    const sessions = await Promise.all(Array.from({ length: 200 }, () => launch(fastify, 'app')))
    for (const { id } of sessions) t.match(await until(fastify, id, 'ready'), { state: 'running' })
    await Promise.all(sessions.map(({ id }) => stop(fastify, id)))
    for (const { id } of sessions) t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated' } })
    t.same(readdirSync(join(stateDir, 'dirs', 'session')), [])
  })
}
