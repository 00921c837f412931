import { existsSync } from 'node:fs'
import { findGroup, findUser, groupsOf, type User } from './users.ts'

/** As whom a program is to run, by name or number. */
export interface RunAs {
  readonly user?: string | undefined
  readonly group?: string | undefined
}

/** A user with the groups that a program gets. */
export interface Identity {
  /** Absent if the program keeps the user of this process. */
  readonly user: User | undefined
  readonly uid: number
  readonly gid: number
  /** Beside `gid`. */
  readonly groups: readonly number[]
}

const setprivFiles = ['/usr/bin/setpriv', '/bin/setpriv']

/** Why this process can't start programs as that user; undefined if it can, or does not know the user. */
export function whyNotAs(as: RunAs): string | undefined {
  if (as.user === undefined && as.group === undefined) return undefined
  if (!isOther(as)) return undefined
  if (process.geteuid?.() !== 0) return 'only a gateway that runs as root can run an app as another user or group'
  return setpriv() ? undefined : 'needs the program setpriv of util-linux, which is not there'
}

/** @throws {UnknownUser} */
export function identityOf(as: RunAs): Identity {
  const user = as.user === undefined ? undefined : findUser(as.user)
  const gid = as.group === undefined ? user?.gid : findGroup(as.group)
  return {
    user,
    uid: user?.uid ?? process.geteuid?.() ?? 0,
    gid: gid ?? process.getegid?.() ?? 0,
    groups: user ? groupsOf(user) : (process.getgroups?.() ?? [])
  }
}

/** The arguments before a command that make it run with that identity. The pid stays; no shell and no PAM take part. */
export function runAs({ user, uid, gid }: Identity): readonly string[] {
  const file = setpriv()
  if (!file) throw new Error('the program setpriv of util-linux is not there')
  if (!user) return [file, '--regid', String(gid), '--keep-groups', '--']
  return [
    ...[file, '--reuid', String(uid), '--regid', String(gid)],
    ...[user.isListed ? '--init-groups' : '--clear-groups', '--']
  ]
}

/** Is it another user or group than that of this process? An unknown one counts as another. */
export function isOther({ user, group }: RunAs): boolean {
  try {
    const { uid, gid } = identityOf({ user, group })
    return uid !== process.geteuid?.() || gid !== process.getegid?.()
  } catch {
    return true
  }
}

function setpriv(): string | undefined {
  return setprivFiles.find(file => existsSync(file))
}
