import { existsSync } from 'node:fs'
import type { Launch } from '../protocol/launch.ts'
import { interpreterOf } from '../script-interpreter.ts'
import { type Identity, identityOf, isOther, runAs } from '../users/change-user.ts'
import { forbiddenPart } from '../users/may-execute.ts'
import { wouldRunInShell } from './processes/has-interpreter.ts'
import { type Program, SpawnFailed } from './processes/process-host.ts'
import { spawnFault } from './spawn-fault.ts'

/** Variables that change what a program loads: those that glibc ignores in set-user-ID programs. */
const unsafeName =
  /^(LD_.*|GLIBC_TUNABLES|MALLOC_.*|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TZDIR)$/

const env = '/usr/bin/env'

/** The variables of a user; the app's own override them. @throws {UnknownUser} */
export function userVariables({ user: name }: Launch): Readonly<Record<string, string>> {
  if (name === undefined) return {}
  const { user } = identityOf({ user: name })
  return user ? { HOME: user.home, USER: user.name, LOGNAME: user.name } : {}
}

/** The program, preceded by one that changes user and group and then becomes it. @throws {SpawnFailed | UnknownUser} */
export function asUser(program: Program, { user, group }: Launch): Program {
  if ((user === undefined && group === undefined) || !isOther({ user, group })) return program
  const identity = identityOf({ user, group })
  return { ...through(program, runAs(identity), identity), owner: { uid: identity.uid, gid: identity.gid } }
}

/**
 * The program, preceded by one that changes something of itself and then becomes it. What can fail is looked at before,
 * since afterwards the failure would be that of the other program. @throws {SpawnFailed}
 */
export function through(program: Program, other: readonly string[], identity = identityOf({})): Program {
  const [, ...args] = program.argv
  requireRunnable(program, identity)
  const [file = '', ...before] = other
  const { safe, unsafe } = sorted(program.env)
  const late = unsafe.length > 0 ? [env, ...unsafe.map(([name, value]) => `${name}=${value}`)] : []
  return { ...program, file, argv: [file, ...before, ...late, program.file, ...args], env: Object.fromEntries(safe) }
}

/** The variables which must not have an effect on the other program are set after it. */
function sorted(variables: Program['env']) {
  const { safe = [], unsafe = [] } = Object.groupBy(Object.entries(variables), ([name]) =>
    unsafeName.test(name) ? 'unsafe' : 'safe'
  )
  return { safe, unsafe }
}

function requireRunnable(program: Program, identity: Identity): void {
  const { file } = program
  const [interpreter] = interpreterOf(file) ?? []
  if (interpreter !== undefined && !existsSync(interpreter)) {
    throw spawnFault(new Error('no such file or directory (ENOENT)'), program)
  }
  if (wouldRunInShell(file)) throw spawnFault(new Error('exec format error (ENOEXEC)'), program)
  for (const needed of interpreter === undefined ? [file] : [file, interpreter]) {
    const part = forbiddenPart(needed, identity)
    if (part === undefined) continue
    const who = identity.user ? `the user ${identity.user.name}` : `the group ${identity.gid}`
    throw new SpawnFailed(`${needed} can't be run by ${who}: the permissions of ${part} do not allow it`)
  }
}
