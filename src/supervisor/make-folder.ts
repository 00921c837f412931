import { chmodSync, chownSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Identity } from '../users/change-user.ts'
import { forbiddenPart } from '../users/may-execute.ts'
import { SpawnFailed } from './processes/process-host.ts'

/** A folder that others can pass through but not list. It must be of this user: nobody else can change what is in it. */
export function makeParent(folder: string, mode = 0o711): void {
  if (makeOrFind(folder, mode)) return
  const stats = lstatSync(folder)
  if (stats.isDirectory() && stats.uid === process.geteuid?.()) return
  throw new SpawnFailed(`${folder} is not a folder of the gateway's user`)
}

/**
 * Makes a folder with a folder `tmp` in it, both 0700 and of that user, who gets them last: until then nobody else can
 * put anything there. One that is there already must be its own.
 * @throws {SpawnFailed}
 */
export function makeFolder(folder: string, { uid, gid }: Identity): void {
  makeOrFind(folder, 0o700)
  const found = lstatSync(folder)
  const own = process.geteuid?.()
  if (found.isDirectory() && found.uid === uid && uid !== own) return
  if (!found.isDirectory() || found.uid !== own) {
    throw new SpawnFailed(`the folder ${folder} belongs to the user ${found.uid}, not to ${uid}`)
  }
  const temporary = join(folder, 'tmp')
  makeOrFind(temporary, 0o700)
  if (uid === own && gid === process.getegid?.()) return
  for (const path of [temporary, folder]) chownSync(path, uid, gid)
}

/** Lets other users pass through the state folder, whose own files and folders are all closed to them. */
export function open(stateFolder: string, folder: string, identity: Identity): void {
  if (identity.uid === process.geteuid?.()) return
  makePassable(stateFolder)
  const part = forbiddenPart(folder, identity)
  if (part === undefined) return
  throw new SpawnFailed(
    `the user ${identity.user?.name} can't reach its folder ${folder}: see the permissions of ${part}`
  )
}

/** Other users can reach what is in it, if that is open to them; they can't list it. */
export function makePassable(folder: string): void {
  chmodSync(folder, statSync(folder).mode | 0o011)
}

/** Is it new? */
function makeOrFind(folder: string, mode: number): boolean {
  try {
    mkdirSync(folder, { mode })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}
