import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { Store } from '../../../src/gateway/store/store.ts'
import { temporaryFolder } from '../../helper.ts'

/** As version 1 made it. */
const version1 = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT;
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,       -- the Session as JSON
    key TEXT NOT NULL,        -- its WEFT_SESSION_KEY
    leader TEXT,              -- ProcessIdentity as JSON
    stop_request TEXT,        -- StopRequest as JSON
    stopped_at INTEGER        -- epoch ms
  ) STRICT;
  CREATE INDEX sessions_by_state ON sessions (state, id);
  CREATE INDEX sessions_by_app ON sessions (app_id, id);
  CREATE INDEX sessions_by_end ON sessions (stopped_at) WHERE stopped_at IS NOT NULL;
  CREATE TABLE labels (
    label TEXT NOT NULL,      -- name=value
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    PRIMARY KEY (label, session_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX labels_by_session ON labels (session_id);
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    session_id INTEGER NOT NULL,
    app_id TEXT NOT NULL,
    labels TEXT NOT NULL,     -- JSON
    time INTEGER NOT NULL,    -- epoch ms
    body TEXT NOT NULL        -- the event as JSON, as clients get it
  ) STRICT;
  PRAGMA user_version = 1;
`

const session = { id: 7, appId: 'old', state: 'stopped', labels: { team: 'a' }, createdAt: '2026-01-01T00:00:00.000Z' }

/** A database of version 1 with a session and an event. */
async function versionOne(t: Test): Promise<string> {
  const path = join(await temporaryFolder(t), 'gateway.db')
  const database = new DatabaseSync(path)
  database.exec(version1)
  database.exec("INSERT INTO meta (name, value) VALUES ('epoch', 'oldLog'), ('factSeq', 3), ('instance', 'i')")
  database
    .prepare("INSERT INTO sessions VALUES (7, 'old', 'stopped', ?, 'the key', NULL, NULL, 1767225600000)")
    .run(JSON.stringify(session))
  database.exec("INSERT INTO labels VALUES ('team=a', 7)")
  database.exec(
    "INSERT INTO events VALUES (12, 'Stopped', 7, 'old', '{\"team\":\"a\"}', 1767225600000, '{\"seq\":12}')"
  )
  database.close()
  return path
}

function schemaOf(path: string) {
  const database = new DatabaseSync(path)
  const rows = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  const version = database.prepare('PRAGMA user_version').get()?.user_version
  database.close()
  return { rows, version }
}

t.test('a database of version 1 is brought up to date, and keeps what is in it', async t => {
  const path = await versionOne(t)
  const log = new Store(path)
  t.equal(log.epoch, 'oldLog')
  t.equal(log.head, 12)
  t.equal(log.lastSessionId, 7)
  t.same(log.position, { instance: 'i', acknowledged: 3, lastSessionBefore: 0 })
  t.same(log.find(7), session)
  t.same(
    log.list({ labels: ['team=a'], limit: 10 }).map(({ json }) => JSON.parse(json)),
    [session]
  )
  t.same(log.eventsAfter(0, { limit: 10 }).events, [
    { seq: 12, type: 'Stopped', sessionId: 7, appId: 'old', labels: { team: 'a' }, json: '{"seq":12}' }
  ])
  const key = { sender: '', key: 'k', fingerprint: 'f' }
  t.equal(log.idempotencyKeys.find(key, 0), undefined)
  log.close()
  const again = new Store(path)
  t.same(again.find(7), session)
  again.close()
})

t.test('sessions that were stopping say why, as far as it is known', async t => {
  const path = await versionOne(t)
  const database = new DatabaseSync(path)
  const stopping = { ...session, state: 'stopping' }
  const insert = database.prepare("INSERT INTO sessions VALUES (?, 'old', 'stopping', ?, 'key', NULL, ?, NULL)")
  insert.run(8, JSON.stringify({ ...stopping, id: 8 }), '{"reason":"terminated","initiator":"client"}')
  insert.run(9, JSON.stringify({ ...stopping, id: 9 }), null)
  const event = { seq: 13, type: 'Stopping', time: '2026-01-02T00:00:00.000Z' }
  database
    .prepare("INSERT INTO events VALUES (13, 'Stopping', 8, 'old', '{}', 1767225600000, ?)")
    .run(JSON.stringify(event))
  database.close()
  const log = new Store(path)
  t.match(log.find(8), { stopping: { reason: 'terminated', initiator: 'client', since: event.time } })
  t.match(log.find(9), { stopping: { reason: 'exited', initiator: 'app', since: session.createdAt } })
  log.close()
})

t.test('it is then like a new one', async t => {
  const old = await versionOne(t)
  new Store(old).close()
  const path = join(await temporaryFolder(t), 'gateway.db')
  new Store(path).close()
  t.same(schemaOf(old), schemaOf(path))
})

t.test('a step that fails leaves the database as it was', async t => {
  const path = await versionOne(t)
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE launch_keys_by_time (in_the_way ANY)')
  database.close()
  const before = schemaOf(path)
  t.throws(() => new Store(path), { code: 'storage-unavailable', message: /launch_keys_by_time/ })
  t.same(schemaOf(path), before)
})
