import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { openStore } from '../../src/gateway/store/open-store.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { build, launch, shell, stop, temporaryFolder, until } from '../helper.ts'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

const steady = shell('echo READY; exec sleep 600')
const apps = { steady, quick: shell('exit 0') }

const post = (fastify: FastifyInstance, appId = 'quick') =>
  fastify.inject({ method: 'POST', url: '/sessions', payload: { appId } })

/** Another process with an open transaction, as somebody's SQLite shell. Ends when it is told to. */
async function lock(t: Test, database: string, kind = 'IMMEDIATE'): Promise<ChildProcess> {
  const script = `
    const database = new (require('node:sqlite').DatabaseSync)(process.argv[1])
    database.exec('BEGIN ${kind}')
    console.log('locked')
    process.stdin.resume().on('end', () => database.exec('ROLLBACK'))`
  const child = spawn(process.execPath, ['--no-warnings', '-e', script, database], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

async function unlock(child: ChildProcess) {
  child.stdin?.end()
  await once(child, 'exit')
}

const checkUnusable = async (t: Test, fastify: FastifyInstance) => {
  const refused = [await post(fastify), await fastify.inject('/readyz')]
  for (const response of refused) t.match(response.json(), { status: 503, code: 'storage-unavailable' })
  t.equal((await fastify.inject('/livez')).statusCode, 200)
}

t.test(
  'somebody’s open transaction blocks nobody: launches are refused meanwhile, and what happens follows',
  async t => {
    const go = join(await temporaryFolder(t), 'go')
    const ending = shell(`echo READY; while [ ! -e ${go} ]; do sleep 0.02; done; exit 7`)
    const fastify = await build(t, { apps: { ...apps, ending } })
    const [stopped, ended] = [await launch(fastify, 'steady'), await launch(fastify, 'ending')]
    for (const { id } of [stopped, ended]) await until(fastify, id, 'ready')
    const shellOfSomebody = await lock(t, fastify.gateway.stateFolder.database)
    const begin = performance.now()
    for (let turn = 0; turn < 20; turn++) await checkUnusable(t, fastify)
    t.ok(performance.now() - begin < 10_000, 'nobody waits for the lock, which SQLite would do for a second each time')
    t.equal((await fastify.inject('/sessions')).json().items.length, 2, 'reading goes on')
    t.equal((await fastify.inject({ method: 'DELETE', url: `/sessions/${stopped.id}` })).statusCode, 202)
    await (await open(go, 'w')).close()
    await unlock(shellOfSomebody)
    t.match(await until(fastify, stopped.id, 'stopped'), { stop: { reason: 'terminated', initiator: 'client' } })
    t.match(await until(fastify, ended.id, 'stopped'), { stop: { reason: 'exited', exitCode: 7 } })
    t.equal((await fastify.inject('/readyz')).statusCode, 200)
    t.equal((await post(fastify)).statusCode, 201)
  }
)

t.test('a gateway that starts during somebody’s transaction says so, waits for its end, and serves then', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const session = await gateway.launch('steady')
  await gateway.signal('SIGKILL')
  const shellOfSomebody = await lock(t, join(gateway.stateDir, 'gateway.db'), 'EXCLUSIVE')
  gateway.log = ''
  const started = gateway.start()
  await gateway.untilLogged(/waiting for another process to end its transaction on the database/)
  await unlock(shellOfSomebody)
  await started
  t.same(await gateway.session(session.id), session)
})

t.test('a start does not wait for ever for somebody’s transaction, and the error says what to end', async t => {
  const stateDir = await temporaryFolder(t)
  const fastify = await build(t, { apps, stateDir })
  await fastify.close()
  const path = join(stateDir, 'gateway.db')
  await lock(t, path)
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const opening = openStore({ path, log, deadlineMs: 500 })
  await t.rejects(opening, /Another process has had a transaction open on .*gateway\.db for \d+ s\. End it \(fuser /)
})

t.test('a state folder that is removed while the gateway runs is noticed, and so is its return', async t => {
  const stateDir = join(await temporaryFolder(t), 'state')
  const fastify = await build(t, { apps, stateDir })
  t.equal((await fastify.inject('/readyz')).statusCode, 200)
  await rename(stateDir, `${stateDir}.away`)
  await checkUnusable(t, fastify)
  await rename(`${stateDir}.away`, stateDir)
  t.equal((await post(fastify)).statusCode, 201)
  t.equal((await fastify.inject('/readyz')).statusCode, 200)
})

for (const suffix of ['-wal', '-shm']) {
  t.test(`gateway.db${suffix} that is removed while the gateway runs is noticed, and so is its return`, async t => {
    const fastify = await build(t, { apps })
    const file = `${fastify.gateway.stateFolder.database}${suffix}`
    await rename(file, `${file}.away`)
    for (let time = 0; time < 3; time++) await checkUnusable(t, fastify)
    await rename(`${file}.away`, file)
    t.equal((await post(fastify)).statusCode, 201)
    t.equal((await fastify.inject('/readyz')).statusCode, 200)
  })
}

for (const [what, damage] of Object.entries({
  async overwritten(path: string) {
    const file = await open(path, 'r+')
    await file.write(Buffer.alloc(16_384, 0xaa), 0, 16_384, 0)
    await file.close()
  },
  async 'cut off'(path: string) {
    const file = await open(path, 'r+')
    await file.truncate(0)
    await file.close()
  }
})) {
  t.test(`a database that is ${what} while the gateway runs: launches are refused, and it is not ready`, async t => {
    const fastify = await build(t, { apps })
    await until(fastify, (await launch(fastify, 'quick')).id, 'stopped')
    const { database } = fastify.gateway.stateFolder
    // All of it is in the file then, and the write-ahead log is used anew.
    const other = new DatabaseSync(database)
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    other.close()
    await damage(database)
    // What was seen a moment ago is believed for a second.
    while ((await fastify.inject('/readyz')).statusCode === 200) await nextTurn()
    await checkUnusable(t, fastify)
  })
}

t.test('asking for readiness costs the disk a write a second at most', async t => {
  const fastify = await build(t, { apps })
  const log = `${fastify.gateway.stateFolder.database}-wal`
  const begin = performance.now()
  const { size } = await stat(log)
  for (let turn = 0; turn < 500; turn++) t.equal((await fastify.inject('/readyz')).statusCode, 200)
  const seconds = (performance.now() - begin) / 1_000
  const grown = (await stat(log)).size - size
  t.ok(grown <= (seconds + 2) * 8_240, `${grown} bytes in ${seconds} s`)
})

t.test('weft-gateway backup makes a whole copy while the gateway runs, which is another event log', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const session = await gateway.launch('steady')
  const copy = await temporaryFolder(t)
  const run = promisify(execFile)
  const backup = (to: string) =>
    run(process.execPath, [main, 'backup', to, '--state-dir', gateway.stateDir], {
      env: { PATH: process.env.PATH ?? '' }
    })
  let isDone = false
  const busy = (async () => {
    while (!isDone) await gateway.launch('steady')
  })()
  const to = join(copy, 'gateway.db')
  t.equal((await backup(to)).stdout, `${to}\n`)
  isDone = true
  await busy
  t.equal((await stat(to)).mode & 0o777, 0o600)
  await t.rejects(backup(to), { code: 1, stderr: /gateway\.db: the file exists already/ })
  const database = new DatabaseSync(to)
  t.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  database.close()
  const [event] = await gateway.events()
  // The sessions in it run elsewhere: here they are lost.
  const other = await build(t, { apps, stateDir: copy })
  t.not(other.gateway.store.epoch, event?.id.split('.')[0])
  t.match(await until(other, session.id, 'stopped'), { id: session.id, appId: 'steady', state: 'stopped' })
  await stop(other, session.id)
})
