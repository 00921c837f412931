import { type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Identity } from './change-user.ts'

/** The folder or the file that keeps a user from running a program, by the permission bits; undefined if nothing does. */
export function forbiddenPart(file: string, identity: Identity): string | undefined {
  const parts = [file]
  for (let folder = dirname(file); folder !== parts[0]; folder = dirname(folder)) parts.unshift(folder)
  return parts.find(part => !mayExecute(statSync(part), identity))
}

/** For a folder: may it be passed through? */
function mayExecute({ uid, gid, mode }: Stats, identity: Identity): boolean {
  if (identity.uid === 0) return (mode & 0o111) !== 0
  if (identity.uid === uid) return (mode & 0o100) !== 0
  const isMember = identity.gid === gid || identity.groups.includes(gid)
  return (mode & (isMember ? 0o010 : 0o001)) !== 0
}
