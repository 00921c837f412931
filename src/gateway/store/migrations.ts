import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const sessionsAndEvents = `
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
`

const idempotencyKeys = `
  CREATE TABLE launch_keys (
    sender TEXT NOT NULL,     -- whose key it is
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    session_id INTEGER NOT NULL, -- which may be gone before its key
    time INTEGER NOT NULL,    -- epoch ms
    answer TEXT,              -- JSON; NULL until it is given
    PRIMARY KEY (sender, key)
  ) STRICT;
  CREATE INDEX launch_keys_by_time ON launch_keys (time);
`

/** Adds `stopping` to sessions that are being stopped, as far as it is known. */
const reasonsOfStopping = `
  UPDATE sessions SET body = json_set(body, '$.stopping', json_object(
    'reason', coalesce(stop_request ->> 'reason', 'exited'),
    'initiator', coalesce(stop_request ->> 'initiator', 'app'),
    'since', coalesce(
      (SELECT events.body ->> 'time' FROM events WHERE session_id = sessions.id AND type = 'Stopping'),
      body ->> 'createdAt'
    )
  )) WHERE state = 'stopping';
`

const queuedLaunches = `
  CREATE TABLE queued_launches (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    env TEXT NOT NULL         -- what the launch gave, JSON; it goes when a supervisor has told of the session
  ) STRICT;
`

/** The columns that filters of events compare. */
const eventsBySubject = 'CREATE INDEX events_by_subject ON events (seq, type, session_id, app_id, labels);'

/** Reads the history by time, with the columns that statistics filter by. */
const eventsByTime = 'CREATE INDEX events_by_time ON events (time, seq, type, app_id, labels);'

const queuedParams = 'ALTER TABLE queued_launches ADD COLUMN params TEXT; -- JSON, like env\n'

/** Each step migrates a database to the next version; a new database gets them all. Append only. */
const steps = [
  sessionsAndEvents,
  idempotencyKeys,
  reasonsOfStopping,
  queuedLaunches,
  eventsBySubject,
  eventsByTime,
  queuedParams
]

const schemaVersion = steps.length

/** Opens the database, or creates it if there is none. A foreign or newer database is refused and left unchanged. */
export function openSchema(path: string, makeEpoch: () => string): DatabaseSync {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats) create(path, makeEpoch)
    else if (stats.size === 0) throw new Error('it is empty; restore a backup, or remove it to begin anew')
    return openExisting(path, makeEpoch)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

function openExisting(path: string, makeEpoch: () => string): DatabaseSync {
  // A lock of another process fails at once: a wait would block the event loop.
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    if (version > schemaVersion) {
      throw new Error(`written by a newer version (schema ${version}, this one knows ${schemaVersion})`)
    }
    if (version === 0 && database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n !== 0) {
      throw new Error('a database of something else')
    }
    const { quick_check } = database.prepare('PRAGMA quick_check(1)').get() ?? {}
    if (quick_check !== 'ok') throw new Error(`it is damaged: ${String(quick_check).replaceAll('\n', ' ')}`)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    if (version < schemaVersion) migrate(database, version, makeEpoch)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Under another name until it is complete, so that a killed gateway leaves no empty database, which would be refused. */
function create(path: string, makeEpoch: () => string): void {
  const unfinished = `${path}.new`
  // Left behind by a gateway that was killed, or by a database that was removed.
  for (const file of [unfinished, `${unfinished}-journal`, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
  // SQLite would make it readable for every user.
  closeSync(openSync(unfinished, 'wx', 0o600))
  const database = new DatabaseSync(unfinished)
  try {
    migrate(database, 0, makeEpoch)
  } finally {
    database.close()
  }
  renameSync(unfinished, path)
}

/** In one transaction, so that a killed gateway leaves the database unchanged. */
function migrate(database: DatabaseSync, version: number, makeEpoch: () => string): void {
  database.exec(`BEGIN IMMEDIATE; ${steps.slice(version).join('')} PRAGMA user_version = ${schemaVersion}`)
  if (version === 0) {
    database.prepare("INSERT INTO meta (name, value) VALUES ('epoch', ?), ('factSeq', 0)").run(makeEpoch())
  }
  database.exec('COMMIT')
}
