import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The paths of the state folder: `gateway.db` (sessions and events), `logs/`, the supervisor's socket and others. */
export interface StateFolder {
  readonly path: string
  readonly database: string
  readonly logs: string
  readonly supervisorSocket: string
  readonly supervisorLog: string
  /** Authenticates a gateway to the supervisor. */
  readonly secret: string
  /** Facts that no gateway had acknowledged when a supervisor exited. */
  readonly facts: string
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants

/** Longest path of a Unix socket on Linux, in bytes; see unix(7). */
const maxSocketPath = 107

/** @throws if the folder can't be made, others could change what is in it, or its path is too long for a socket in it. */
export function openStateFolder(path: string): StateFolder {
  const supervisorSocket = join(path, 'supervisor.sock')
  if (Buffer.byteLength(supervisorSocket) > maxSocketPath) {
    throw new Error(
      `The state folder ${path}: the path of a Unix socket in it may have at most ${maxSocketPath} bytes.`
    )
  }
  within(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }))
  within(path, () => requireOwnFolder(path))
  return {
    path,
    database: join(path, 'gateway.db'),
    logs: join(path, 'logs'),
    supervisorSocket,
    supervisorLog: join(path, 'supervisor.log'),
    secret: join(path, 'supervisor.secret'),
    facts: join(path, 'facts.json')
  }
}

/** A user who can change or replace a file in the folder controls this process. */
function requireOwnFolder(path: string): void {
  const { uid, mode } = statSync(path)
  if (uid !== process.geteuid?.()) throw new Error(`it belongs to another user, with the uid ${uid}`)
  if (mode & 0o022) {
    throw new Error(`others may write to it, its mode is ${(mode & 0o7777).toString(8)}; see chmod go-w`)
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) requireOwnEntry(entry)
}

/** Of the files and folders that this process uses. */
const ownEntry =
  /^(gateway\.(db|db-wal|db-shm|mark|lock)|supervisor\.(sock|secret|log|lock)|facts\.json|logs|dirs|notify)$/

function requireOwnEntry(entry: Dirent): void {
  const { name, parentPath } = entry
  if (entry.isSymbolicLink()) throw new Error(`${name} in it is a symbolic link, and those are not followed`)
  if (name === 'logs' && !entry.isDirectory()) throw new Error('logs in it is not a folder')
  if (!ownEntry.test(name)) return
  const { uid } = lstatSync(join(parentPath, name))
  if (uid !== process.geteuid?.()) throw new Error(`${name} in it belongs to another user, with the uid ${uid}`)
}

export interface Lock {
  /** Gives the lock back and removes its file. */
  release(): void
}

/**
 * Takes the lock `name` in a folder, or returns undefined if another process has it. The lock is SQLite's lock on an
 * empty database: atomic, also between containers that share the folder, and gone with the process, however it ends.
 */
export function takeLock(folder: string, name: string): Lock | undefined {
  const path = join(folder, name)
  // Held open until the end: closing any descriptor of a file gives up the POSIX locks that the process has on it.
  const fd = within(folder, () => openSync(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600))
  const database = new DatabaseSync(path, { timeout: 0 })
  const giveUp = () => {
    database.close()
    closeSync(fd)
  }
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    giveUp()
    if (isBusy(error)) return undefined
    throw error
  }
  // The last owner may have removed the file after it was opened here: then the lock is on a file that no other process opens.
  if (statSync(path, { throwIfNoEntry: false })?.ino !== fstatSync(fd).ino) {
    giveUp()
    return takeLock(folder, name)
  }
  return {
    release() {
      rmSync(path, { force: true })
      giveUp()
    }
  }
}

/** Errors of the file system alone do not say what the file is for. */
function within<T>(folder: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new Error(`The state folder ${folder} can't be used: ${(error as Error).message}.`, { cause: error })
  }
}

/** SQLITE_BUSY, of sqlite3.h. */
function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === 5
}
