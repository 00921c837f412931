import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync
} from 'node:fs'
import { hasProc } from '../processes/proc.ts'
import { type Owner, SpawnFailed } from '../processes/process-host.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants

/** A file to be written into a folder. */
export interface FileToWrite {
  /** Relative to the folder, without `..`. */
  readonly path: string
  readonly text: string
}

/** An open folder, whatever becomes of its name. */
interface Folder {
  readonly fd: number
  readonly path: string
}

/**
 * Writes files into a folder that belongs to `owner`, who can put links into it at any time: none is followed. A file of
 * the same name is replaced, folders on the way are made.
 * @throws {SpawnFailed}
 */
export function writeFiles(dir: string, files: readonly FileToWrite[], owner: Owner): void {
  for (const { path, text } of files) {
    try {
      const names = path.split('/')
      const name = names.pop() as string
      within(dir, names, owner, folder => writeInto(folder, { name, text }, owner))
    } catch (error) {
      throw new SpawnFailed(`files: ${path} can't be written into ${dir}: ${(error as Error).message}`)
    }
  }
}

/** Opens one folder after the other, and closes them all. */
function within(path: string, names: readonly string[], owner: Owner, use: (folder: Folder) => void): void {
  const folders: Folder[] = []
  try {
    let folder: Folder = { fd: openFolder(path), path }
    folders.push(folder)
    for (const name of names) {
      folder = subfolder(folder, name, owner)
      folders.push(folder)
    }
    use(folder)
  } finally {
    for (const { fd } of folders) closeSync(fd)
  }
}

function subfolder(parent: Folder, name: string, owner: Owner): Folder {
  const [at, path] = [inFolder(parent, name), `${parent.path}/${name}`]
  const isNew = make(at)
  let fd: number
  try {
    fd = openFolder(at)
  } catch (error) {
    throw isLinkOrFile(error) ? new Error(`${path} is not a folder, or a link`) : error
  }
  if (isNew) give(fd, owner)
  else if (fstatSync(fd).uid !== owner.uid) {
    closeSync(fd)
    throw new Error(`${path} belongs to another user`)
  }
  return { fd, path }
}

/** The file is complete, and its owner's, before it has its name. */
function writeInto(folder: Folder, { name, text }: { name: string; text: string }, owner: Owner): void {
  const temporary = inFolder(folder, `.${randomUUID()}`)
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
    give(fd, owner)
    renameSync(temporary, inFolder(folder, name))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
}

/** The path of an entry that goes by the open folder, as in openat(2), so that nobody can put a link in between. */
function inFolder({ fd, path }: Folder, name: string): string {
  return hasProc() ? `/proc/self/fd/${fd}/${name}` : `${path}/${name}`
}

function openFolder(path: string): number {
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
}

/** Is it new? */
function make(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

function give(fd: number, { uid, gid }: Owner): void {
  if (uid !== process.geteuid?.() || gid !== process.getegid?.()) fchownSync(fd, uid, gid)
}

function isLinkOrFile(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTDIR' || code === 'ELOOP'
}
