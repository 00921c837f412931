import { copyFile, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { openNdjson } from '../clients.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { build, launch, shell, temporaryFolder, until } from '../helper.ts'

const apps = { quick: shell('echo READY') }

interface State {
  readonly epoch: string
  readonly head: number
  readonly lastId: number
}

/** A state folder that no gateway uses, and what its clients know of it. */
class Folder {
  readonly t: Test
  readonly path: string

  constructor(t: Test, path: string) {
    this.t = t
    this.path = path
  }

  get database(): string {
    return join(this.path, 'gateway.db')
  }

  /** A gateway that starts on it, launches, and is stopped. */
  async run(launches: number, meanwhile: (fastify: FastifyInstance) => unknown = () => {}): Promise<State> {
    const fastify = await build(this.t, { apps, stateDir: this.path })
    let lastId = 0
    for (let turn = 0; turn < launches; turn++) {
      lastId = (await launch(fastify, 'quick')).id
      await until(fastify, lastId, 'stopped')
    }
    const { epoch, head } = fastify.gateway.store
    await meanwhile(fastify)
    await fastify.close()
    return { epoch, head, lastId }
  }

  sql(statement: string): void {
    const database = new DatabaseSync(this.database)
    database.exec(statement)
    database.close()
  }
}

const newFolder = async (t: Test) => new Folder(t, await temporaryFolder(t))

/** Clients of before get a gap, and no id of before is used again. */
async function checkNewEpoch(t: Test, folder: Folder, before: State) {
  const after = await folder.run(1, async fastify => {
    const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
    const client = await openNdjson(t, `${url}?since=${before.epoch}.${before.head}`)
    await client.until(({ type }) => type === 'Snapshot')
    t.same(client.types, ['Hello', 'Gap', 'Snapshot'])
    client.leave()
    const headers = { accept: 'application/json' }
    const { items, cursor } = (await fastify.inject({ url: '/events?limit=1000', headers })).json()
    const { epoch } = fastify.gateway.store
    for (const { id, seq } of items) t.equal(id, `${epoch}.${seq}`, 'what is left of the history is of the new epoch')
    t.equal((await fastify.inject({ url: `/events?since=${cursor}`, headers })).statusCode, 200)
  })
  t.not(after.epoch, before.epoch)
  t.ok(after.lastId > before.lastId, `${after.lastId} after ${before.lastId}`)
}

t.test('a machine that went down while the gateway ran: a new epoch, and no id is used again', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const session = await gateway.launch('quick')
  await gateway.until(session.id, 'stopped')
  const [first] = await gateway.events()
  await gateway.signal('SIGKILL')
  const database = new DatabaseSync(join(gateway.stateDir, 'gateway.db'))
  // The machine lost what SQLite had not synchronized, and has another boot id.
  database.exec(`UPDATE meta SET value = 'the boot before' WHERE name = 'bootId';
    DELETE FROM events; DELETE FROM sessions; DELETE FROM sqlite_sequence`)
  database.close()
  await gateway.start()
  t.match(gateway.log, /"reason":"the machine went down while the gateway ran"/)
  const next = await gateway.launch('quick')
  t.ok(next.id > session.id, `${next.id} after ${session.id}`)
  const [event] = await gateway.events()
  t.not(event?.id.split('.')[0], first?.id.split('.')[0])
})

t.test('a gateway that was killed, on a machine that runs on, goes on under its epoch', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const { id } = await gateway.launch('quick')
  await gateway.until(id, 'stopped')
  await gateway.signal('SIGKILL')
  await gateway.start()
  const { id: next } = await gateway.launch('quick')
  t.equal(next, id + 1)
  const events = await gateway.events()
  t.equal(new Set(events.map(event => event.id.split('.')[0])).size, 1)
})

t.test(
  'a gateway that ended by itself goes on under its epoch, also after a reboot and in a folder that was renamed',
  async t => {
    const folder = await newFolder(t)
    const first = await folder.run(2)
    folder.sql("UPDATE meta SET value = 'the boot before' WHERE name = 'bootId'")
    const moved = new Folder(t, join(await temporaryFolder(t), 'moved'))
    await rename(folder.path, moved.path)
    const second = await moved.run(1)
    t.equal(second.epoch, first.epoch)
    t.equal(second.lastId, first.lastId + 1)
  }
)

t.test('a backup of the database, put back in its place, has a new epoch', async t => {
  const folder = await newFolder(t)
  const backup = join(await temporaryFolder(t), 'backup.db')
  await folder.run(2, () => folder.sql(`VACUUM INTO '${backup}'`))
  const last = await folder.run(2)
  await copyFile(backup, folder.database)
  await checkNewEpoch(t, folder, last)
})

t.test('so has one that was made and put back within one run of the gateway, which was killed', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const backup = join(await temporaryFolder(t), 'backup.db')
  const folder = new Folder(t, gateway.stateDir)
  await gateway.until((await gateway.launch('quick')).id, 'stopped')
  folder.sql(`VACUUM INTO '${backup}'`)
  const { id } = await gateway.launch('quick')
  await gateway.until(id, 'stopped')
  const events = await gateway.events()
  await gateway.signal('SIGKILL')
  for (const suffix of ['-wal', '-shm']) await rm(folder.database + suffix, { force: true })
  await copyFile(backup, folder.database)
  await gateway.start()
  t.ok((await gateway.launch('quick')).id > id)
  t.not((await gateway.events())[0]?.id.split('.')[0], events[0]?.id.split('.')[0])
})

for (const [how, restore] of Object.entries({
  async 'over the files that are there'(copy: string, path: string) {
    for (const name of ['gateway.db', 'gateway.mark']) await copyFile(join(copy, name), join(path, name))
  },
  async 'in the place of one that was removed'(copy: string, path: string) {
    await rm(path, { recursive: true })
    await cp(copy, path, { recursive: true })
  }
})) {
  t.test(`a copy of the whole state folder has a new epoch: ${how}`, async t => {
    const folder = await newFolder(t)
    const copy = join(await temporaryFolder(t), 'copy')
    await folder.run(2)
    await cp(folder.path, copy, { recursive: true, preserveTimestamps: true })
    const last = await folder.run(2)
    await restore(copy, folder.path)
    await checkNewEpoch(t, folder, last)
  })
}

t.test('a database that was moved away: the new one has a new epoch, and ids of its own', async t => {
  const folder = await newFolder(t)
  const last = await folder.run(2)
  await rename(folder.database, join(folder.path, 'old.db'))
  await checkNewEpoch(t, folder, last)
})

t.test('a mark that was removed is a new epoch', async t => {
  const folder = await newFolder(t)
  const last = await folder.run(2)
  await rm(join(folder.path, 'gateway.mark'))
  await checkNewEpoch(t, folder, last)
  t.notOk((await readdir(folder.path)).includes('gateway.mark.new'))
})

t.test(
  'a key of before a backup stands for its launch after it; one that was lost with the tail is a new launch',
  async t => {
    const folder = await newFolder(t)
    const backup = join(await temporaryFolder(t), 'backup.db')
    const post = async (fastify: FastifyInstance, key: string) => {
      const headers = { 'idempotency-key': key }
      const response = await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'quick' } })
      const { id } = response.json()
      await until(fastify, id, 'stopped')
      return id
    }
    let kept = 0
    let lost = 0
    await folder.run(0, async fastify => {
      kept = await post(fastify, 'kept')
      folder.sql(`VACUUM INTO '${backup}'`)
      lost = await post(fastify, 'lost')
    })
    await copyFile(backup, folder.database)
    await folder.run(0, async fastify => {
      t.equal(await post(fastify, 'kept'), kept)
      t.ok((await post(fastify, 'lost')) > lost, 'with an id that was never used')
    })
  }
)

t.test('a gateway that is killed at any moment, between commit and mark too, keeps its epoch', async t => {
  const gateway = await GatewayProcess.start(t, { apps })
  const epochOf = async () => String((await gateway.events())[0]?.id.split('.')[0])
  await gateway.launch('quick')
  const epoch = await epochOf()
  for (let round = 0; round < 10; round++) {
    // Whatever these come to, they are commits.
    const launches = Array.from({ length: 40 }, () => gateway.launch('quick', 'wait=0').catch(() => {}))
    await Promise.race(launches)
    await gateway.signal('SIGKILL')
    await Promise.all(launches)
    await gateway.start()
    t.equal(await epochOf(), epoch)
  }
})

t.test('a mark that is one commit behind the database is no loss', async t => {
  const folder = await newFolder(t)
  const before = await folder.run(2)
  const mark = join(folder.path, 'gateway.mark')
  const [, reserved] = (await readFile(mark, 'latin1')).trim().split(' ')
  await writeFile(mark, `${before.head - 1} ${reserved}`.padEnd(47).concat('\n'))
  t.equal((await folder.run(0)).epoch, before.epoch)
})
