import type { ReadinessKindName, ReadinessOf } from '../../readiness/kinds.ts'
import type { Circumstances, ReadinessCheck } from './check.ts'
import { command } from './command.ts'
import { exit } from './exit.ts'
import { fd } from './fd.ts'
import { file } from './file.ts'
import { http } from './http.ts'
import { line } from './line.ts'
import { none } from './none.ts'
import { notify } from './notify.ts'
import { pattern } from './pattern.ts'
import { socket } from './socket.ts'
import { tcp } from './tcp.ts'

/** The check of each kind of readiness. */
const checks: {
  readonly [K in ReadinessKindName]: (readiness: ReadinessOf<K>, circumstances: Circumstances) => ReadinessCheck
} = { line, pattern, tcp, http, socket, file, command, notify, fd, exit, none }

/** @throws if the setting can't be used, as a pattern that is no regular expression */
export function checkOf<K extends ReadinessKindName>(
  readiness: ReadinessOf<K>,
  circumstances: Circumstances
): ReadinessCheck {
  return checks[readiness.kind](readiness, circumstances)
}
