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

/** A session that is stopping says why; those of before say it as far as it is known. */
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

/** All that a filter of events looks at. */
const eventsBySubject = 'CREATE INDEX events_by_subject ON events (seq, type, session_id, app_id, labels);'

/** Each makes of a database of the version before one of the next; a new one takes them all. Append only. */
const steps = [sessionsAndEvents, idempotencyKeys, reasonsOfStopping, queuedLaunches, eventsBySubject]

const schemaVersion = steps.length

/** Opens the database, making it where there is none. What is not ours, or not ours any more, is left as it is. */
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
  const database = new DatabaseSync(path, { timeout: 1_000 })
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
    // From here on nobody waits for the locks of others: the loop would stand still.
    database.exec('PRAGMA busy_timeout = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Under another name until it is whole: a gateway that is killed meanwhile leaves none, and an empty one is a loss. */
function create(path: string, makeEpoch: () => string): void {
  const unfinished = `${path}.new`
  // Of a gateway that was killed, and of a database that was taken away.
  for (const file of [unfinished, `${unfinished}-journal`, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
  // SQLite would let everybody read it.
  closeSync(openSync(unfinished, 'wx', 0o600))
  const database = new DatabaseSync(unfinished)
  try {
    migrate(database, 0, makeEpoch)
  } finally {
    database.close()
  }
  renameSync(unfinished, path)
}

/** In one transaction: a gateway that is killed meanwhile leaves the database as it was. */
function migrate(database: DatabaseSync, version: number, makeEpoch: () => string): void {
  database.exec(`BEGIN IMMEDIATE; ${steps.slice(version).join('')} PRAGMA user_version = ${schemaVersion}`)
  if (version === 0) {
    database.prepare("INSERT INTO meta (name, value) VALUES ('epoch', ?), ('factSeq', 0)").run(makeEpoch())
  }
  database.exec('COMMIT')
}
