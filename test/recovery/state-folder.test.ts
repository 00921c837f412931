import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { build, launch, shell, stop, temporaryFolder, until } from '../helper.ts'
import { remount, tmpfs } from '../tmpfs.ts'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

interface Refusal {
  readonly code: unknown
  readonly stdout: string
  readonly stderr: string
}

/** A gateway that is to refuse this state folder: what it says, and the code that it exits with. */
async function refusal(t: Test, stateDir: string): Promise<Refusal> {
  const args = [main, '--state-dir', stateDir, '--port', '0', '--log-level', 'silent']
  const options = { cwd: await temporaryFolder(t), env: { PATH: process.env.PATH ?? '' } }
  return await new Promise(resolve => {
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr })
    )
    // One that serves instead would do so for ever.
    child.stdout?.once('data', () => child.kill('SIGTERM'))
  })
}

/** One clear line, no stack, and nothing served. */
function checkRefusal(t: Test, { code, stdout, stderr }: Refusal, message: RegExp) {
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, message)
  t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
}

/** A state folder with a session in it, which no gateway uses any more. */
async function used(t: Test, stateDir?: string): Promise<string> {
  const folder = stateDir ?? (await temporaryFolder(t))
  const fastify = await build(t, { apps: { quick: shell('exit 0') }, stateDir: folder })
  const { id } = await launch(fastify, 'quick')
  await until(fastify, id, 'stopped')
  await fastify.close()
  return folder
}

async function checkUntouched(t: Test, stateDir: string, message: RegExp) {
  const database = join(stateDir, 'gateway.db')
  const before = await readFile(database)
  checkRefusal(t, await refusal(t, stateDir), message)
  t.ok((await readFile(database)).equals(before), 'not a byte is changed')
}

t.test('a database that is none is refused and left as it is', async t => {
  const stateDir = await temporaryFolder(t)
  await writeFile(join(stateDir, 'gateway.db'), 'This is no database. '.repeat(500))
  await checkUntouched(t, stateDir, /gateway\.db.*not a database/)
})

t.test('a database with its head overwritten is refused and left as it is', async t => {
  const stateDir = await used(t)
  const database = join(stateDir, 'gateway.db')
  const bytes = await readFile(database)
  bytes.fill(0xaa, 0, 4_096)
  await writeFile(database, bytes)
  await checkUntouched(t, stateDir, /gateway\.db.*not a database/)
})

t.test('a database that was cut off is refused and left as it is', async t => {
  const stateDir = await used(t)
  const database = join(stateDir, 'gateway.db')
  await truncate(database, 8_192)
  t.equal((await stat(database)).size, 8_192)
  await checkUntouched(t, stateDir, /gateway\.db.*malformed/)
})

t.test('a database of something else is refused and left as it is', async t => {
  const stateDir = await temporaryFolder(t)
  const database = new DatabaseSync(join(stateDir, 'gateway.db'))
  database.exec('CREATE TABLE bookmarks (url TEXT)')
  database.close()
  await checkUntouched(t, stateDir, /gateway\.db: a database of something else/)
})

t.test('a database of a newer version is refused and left as it is', async t => {
  const stateDir = await used(t)
  const database = new DatabaseSync(join(stateDir, 'gateway.db'))
  database.exec('PRAGMA user_version = 99')
  database.close()
  await checkUntouched(t, stateDir, /gateway\.db: written by a newer version \(schema 99, this one knows \d+\)/)
})

t.test('a refused state folder is free again: nothing holds its lock, and no supervisor runs', async t => {
  const stateDir = await temporaryFolder(t)
  await writeFile(join(stateDir, 'gateway.db'), 'no database, though long enough to be taken for one'.repeat(100))
  checkRefusal(t, await refusal(t, stateDir), /not a database/)
  t.same(await readdir(stateDir), ['gateway.db'])
})

t.test('a state folder whose parents are missing is made, for this user only', async t => {
  const stateDir = join(await temporaryFolder(t), 'a', 'b', 'state')
  await used(t, stateDir)
  t.equal((await stat(stateDir)).mode & 0o777, 0o700)
  for (const name of ['gateway.db', 'supervisor.log']) t.equal((await stat(join(stateDir, name))).mode & 0o777, 0o600)
})

t.test('a file in the place of the state folder, or of its parent, is refused', async t => {
  const file = join(await temporaryFolder(t), 'file')
  await writeFile(file, 'mine')
  checkRefusal(t, await refusal(t, file), /state folder .*\/file\b.*EEXIST/)
  checkRefusal(t, await refusal(t, join(file, 'state')), /state folder .*\/file\/state\b.*ENOTDIR/)
  t.equal(await readFile(file, 'utf8'), 'mine')
})

t.test('a path that is too long for a Unix socket is refused, and nothing is made', async t => {
  const parent = await temporaryFolder(t)
  const stateDir = join(parent, 'x'.repeat(100))
  checkRefusal(t, await refusal(t, stateDir), /state folder .*socket.* at most 107 bytes/)
  t.same(await readdir(parent), [])
  const longest = join(parent, 'y'.repeat(107 - '/supervisor.sock'.length - parent.length - 1))
  await used(t, longest)
  t.pass('the longest that is allowed works')
})

t.test('a read-only disk is refused', async t => {
  const disk = await tmpfs(t, '4m')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const stateDir = await used(t, join(disk, 'state'))
  remount(disk, 'ro')
  checkRefusal(t, await refusal(t, stateDir), /state folder .*EROFS/)
  checkRefusal(t, await refusal(t, join(disk, 'new')), /state folder .*\/new/)
  remount(disk, 'rw')
  const fastify = await build(t, { apps: {}, stateDir })
  t.equal(fastify.registry.list({ limit: 10 }).length, 1, 'when it is writable again all is there')
})

t.test('a disk that is full at the start is refused; with room it is used', async t => {
  const disk = await tmpfs(t, '1m')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const stateDir = join(disk, 'state')
  await mkdir(stateDir)
  await writeFile(join(disk, 'ballast'), Buffer.alloc(2_097_152)).catch(() => {})
  checkRefusal(t, await refusal(t, stateDir), /gateway\.db.*(full|disk I\/O error)/)
  await truncate(join(disk, 'ballast'), 0)
  await used(t, stateDir)
  t.pass('and nothing of the first attempt is in the way')
})

t.test('a state folder of another user is refused', async t => {
  const stateDir = await used(t)
  if (process.getuid?.() !== 0) return t.comment('only root can give a folder away')
  await chown(stateDir, 65_534, 65_534)
  checkRefusal(t, await refusal(t, stateDir), /state folder .* belongs to another user, with the uid 65534/)
})

for (const name of ['gateway.db', 'supervisor.secret', 'logs']) {
  t.test(`${name} of another user is refused`, async t => {
    const stateDir = await used(t)
    if (process.getuid?.() !== 0) return t.comment('only root can give a file away')
    await mkdir(join(stateDir, 'logs'), { recursive: true })
    await chown(join(stateDir, name), 65_534, 65_534)
    checkRefusal(t, await refusal(t, stateDir), new RegExp(`${name} in it belongs to another user, with the uid 65534`))
  })
}

t.test('a file of another user that is none of the gateway’s does not matter', async t => {
  const stateDir = await used(t)
  await writeFile(join(stateDir, 'lost+found'), '')
  if (process.getuid?.() !== 0) return t.comment('only root can give a file away')
  await chown(join(stateDir, 'lost+found'), 65_534, 65_534)
  await used(t, stateDir)
})

t.test('a file in the place of the folder of logs is refused', async t => {
  const stateDir = await used(t)
  await rm(join(stateDir, 'logs'), { recursive: true, force: true })
  await writeFile(join(stateDir, 'logs'), 'mine')
  checkRefusal(t, await refusal(t, stateDir), /state folder .* logs in it is not a folder/)
})

t.test('a link that takes the place of the folder of logs while the gateway runs is not followed', async t => {
  const fastify = await build(t, { apps: { loud: shell('echo here; echo READY; exec sleep 600') } })
  const { logs } = fastify.gateway.stateFolder
  const target = await temporaryFolder(t)
  await rm(logs, { recursive: true, force: true })
  await symlink(target, logs)
  const { id } = await launch(fastify, 'loud')
  await until(fastify, id, 'ready')
  t.same(await readdir(target), [])
  const folder = basename(fastify.gateway.sessionLog(fastify.gateway.sessions.get(id)).folder)
  await mkdir(join(target, folder))
  await writeFile(join(target, folder, '1.v2.log'), 'of somebody else')
  t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, '')
  await stop(fastify, id)
})

t.test('a state folder that others may write to is refused', async t => {
  const stateDir = await used(t)
  for (const mode of [0o770, 0o702, 0o1777]) {
    await chmod(stateDir, mode)
    checkRefusal(
      t,
      await refusal(t, stateDir),
      new RegExp(`state folder .* others may write to it, its mode is ${mode.toString(8)}`)
    )
  }
  await chmod(stateDir, 0o755)
  await used(t, stateDir)
})

for (const name of ['gateway.db', 'gateway.lock', 'supervisor.log', 'facts.json', 'logs']) {
  t.test(`${name} as a symbolic link out of the state folder is not followed`, async t => {
    const stateDir = await used(t)
    const target = join(await temporaryFolder(t), 'target')
    await writeFile(target, 'mine')
    await rm(join(stateDir, name), { recursive: true, force: true })
    await symlink(target, join(stateDir, name))
    checkRefusal(t, await refusal(t, stateDir), new RegExp(`state folder .* ${name} in it is a symbolic link`))
    t.equal(await readFile(target, 'utf8'), 'mine')
  })
}

t.test('an empty database is refused', async t => {
  const stateDir = await used(t)
  await truncate(join(stateDir, 'gateway.db'))
  await checkUntouched(t, stateDir, /gateway\.db: it is empty; restore a backup/)
})

t.test('a database with a damaged page in its midst is refused', async t => {
  const stateDir = await used(t)
  const database = join(stateDir, 'gateway.db')
  const bytes = await readFile(database)
  const pages = bytes.length / 4_096
  // The root page of a table or index, whichever it is.
  bytes.fill(0x55, (pages - 3) * 4_096, (pages - 2) * 4_096)
  await writeFile(database, bytes)
  await checkUntouched(t, stateDir, /gateway\.db: (it is damaged: .+|.*malformed)/)
})

t.test('a gateway that was killed while it made its database is in nobody’s way', async t => {
  const stateDir = await temporaryFolder(t)
  await writeFile(join(stateDir, 'gateway.db.new'), 'half')
  await used(t, stateDir)
  t.notOk((await readdir(stateDir)).includes('gateway.db.new'))
})
