import { readFileSync } from 'node:fs'

/** A user of this machine, or a number that none has. */
export interface User {
  readonly uid: number
  /** Its first group. */
  readonly gid: number
  readonly name: string
  readonly home: string
  /** Whether it stands in the list of users, which its other groups depend on. */
  readonly isListed: boolean
}

/** The user with this name or number; see passwd(5). @throws {UnknownUser} */
export function findUser(nameOrId: string): User {
  const fields = lines('/etc/passwd').find(([name, , uid]) => name === nameOrId || uid === nameOrId)
  if (fields) {
    const [name = '', , uid, gid, , home = '/'] = fields
    return { name, uid: Number(uid), gid: Number(gid), home, isListed: true }
  }
  if (!isNumber(nameOrId)) throw new UnknownUser(`there is no user '${nameOrId}' in /etc/passwd`)
  return { name: nameOrId, uid: Number(nameOrId), gid: Number(nameOrId), home: '/', isListed: false }
}

/** The number of a group; see group(5). @throws {UnknownUser} */
export function findGroup(nameOrId: string): number {
  const fields = lines('/etc/group').find(([name]) => name === nameOrId)
  if (fields) return Number(fields[2])
  if (!isNumber(nameOrId)) throw new UnknownUser(`there is no group '${nameOrId}' in /etc/group`)
  return Number(nameOrId)
}

/** The groups that list a user, beside its first one. */
export function groupsOf({ name, isListed }: User): readonly number[] {
  if (!isListed) return []
  return lines('/etc/group').flatMap(([, , gid, members = '']) =>
    members.split(',').includes(name) ? [Number(gid)] : []
  )
}

/** A name that is neither in /etc/passwd nor in /etc/group. */
export class UnknownUser extends Error {}

function isNumber(text: string): boolean {
  return /^[0-9]{1,10}$/.test(text)
}

function lines(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map(line => line.split(':'))
}
